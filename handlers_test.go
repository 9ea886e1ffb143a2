package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Known answers from outside this program.
const (
	lessonSecret = "supersecret"
	// PyJWT 2.6.0 made this token from lessonSecret.
	lessonToken = mockUnsigned + ".2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk"

	// openssl dgst -sha256 -hmac made the signatures below.
	mockUnsigned   = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0"
	plainSecret    = "0123456789abcdef0123456789abcdef"
	plainToken     = mockUnsigned + ".LAyuvjtk8oyGSbudOm50R8M_W1P8pbO5kuadsyzhSJc"
	symbolsSecret  = `4inK]I+X+;n2+g"*>AMQc{p99)9DB@a@`
	symbolsToken   = mockUnsigned + ".9WX03kJB8N7hRj5xL3ySTkwU93J41i1snObn_F_3IXA"
	plainForeign   = "eyJhbGciOiJIUzI1NiJ9." + foreignPayload + ".bnXrIhI1abiMuDM2qqVIoXfoo4tCJZ_1O-OiFqTMmDE"
	symbolsForeign = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9." + foreignPayload + ".WUd_1plCHUxP9u_YBFy5YLkqsD7AaQyakEf71mFseLo"
	foreignPayload = "eyJzdWIiOiJab8OrIOadseS6rCIsIm4iOjkwMDcxOTkyNTQ3NDA5OTMsInByaWNlIjoxLjEwLCJodWdlIjoxZTQwMCwiYSI6eyJiIjpbMSx7ImMiOm51bGx9XX19"
	foreignUser    = `{"sub":"Zoë 東京","n":9007199254740993,"price":1.10,"huge":1e400,"a":{"b":[1,{"c":null}]}}`
)

// The challenges of the contract.
const (
	noChallenge    = ""
	noCredentials  = `Bearer realm="jwt-demo"`
	invalidToken   = noCredentials + `, error="invalid_token"`
	invalidRequest = noCredentials + `, error="invalid_request"`
)

const (
	hs256     = `{"alg":"HS256","typ":"JWT"}`
	noToken   = `{"err":"no bearer token in the Authorization header"}`
	malformed = `{"err":"token is malformed"}`
	notHS256  = `{"err":"token is not signed with the algorithm HS256"}`
	forged    = `{"err":"signature is invalid"}`
	expired   = `{"err":"token is expired"}`
	early     = `{"err":"token is not valid yet"}`
	audience  = `{"err":"token has invalid audience"}`
	critical  = `{"err":"token has a crit header, and no extension is understood"}`
	notNumber = `{"err":"invalid type for claim"}`
)

// signed returns a token of any header and payload, made without golang-jwt.
func signed(header, payload, secret string) string {
	return signedWith(sha256.New, header, payload, secret)
}

func signedWith(hash func() hash.Hash, header, payload, secret string) string {
	unsigned := base64url(header) + "." + base64url(payload)
	return unsigned + "." + base64url(mac(hash, unsigned, secret))
}

func mac(hash func() hash.Hash, text, secret string) string {
	mac := hmac.New(hash, []byte(secret))
	io.WriteString(mac, text)
	return string(mac.Sum(nil))
}

func base64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// ask sends a request with these Authorization headers through newHandler.
func ask(secret, method, path string, authorization ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	r.Header["Authorization"] = authorization
	return answerTo(secret, r)
}

func answerTo(secret string, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	newHandler([]byte(secret)).ServeHTTP(w, r)
	return w.Result()
}

// checkJSON reports where an answer of the two routes is not as the contract has it.
// An empty challenge stands for no WWW-Authenticate header.
func checkJSON(t *testing.T, what string, res *http.Response, status int, body, challenge string) {
	t.Helper()
	defer res.Body.Close()
	if res.StatusCode != status {
		t.Errorf("%s: status %d, want %d", what, res.StatusCode, status)
	}
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Errorf("%s: reading the body: %v", what, err)
	}
	if got := strings.TrimSuffix(string(got), "\n"); got != body {
		t.Errorf("%s: body %s, want %s", what, got, body)
	}
	for name, want := range map[string]string{
		"Content-Type":     "application/json",
		"Cache-Control":    "no-store",
		"Www-Authenticate": challenge,
	} {
		if got := strings.Join(res.Header.Values(name), "\n"); got != want {
			t.Errorf("%s: %s %q, want %q", what, name, got, want)
		}
	}
}

// checkToken reports where POST /verify-token does not answer to a token as it should:
// with {"user":…} and 200, or {"err":…} and 401.
func checkToken(t *testing.T, name, secret, token, body string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Helper()
		status, challenge := http.StatusOK, noChallenge
		if strings.HasPrefix(body, `{"err":`) {
			status, challenge = http.StatusUnauthorized, invalidToken
		}
		res := ask(secret, "POST", "/verify-token", "Bearer "+token)
		checkJSON(t, "POST /verify-token with "+name, res, status, body, challenge)
	})
}

// Example has the whole round trip: the server signs the mock user, and verifies
// its own token, but no other.
func Example() {
	server := httptest.NewServer(newHandler([]byte("supersecret")))
	defer server.Close()

	res, _ := http.Get(server.URL + "/sign-token")
	body, _ := io.ReadAll(res.Body)
	fmt.Printf("%s", body)

	token := strings.Split(string(body), `"`)[3]
	for _, token := range []string{token, token + "A"} {
		r, _ := http.NewRequest("POST", server.URL+"/verify-token", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		res, _ = http.DefaultClient.Do(r)
		body, _ = io.ReadAll(res.Body)
		fmt.Printf("%s", body)
	}
	// Output:
	// {"token":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0.2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk"}
	// {"user":{"id":1,"username":"test","password":"test"}}
	// {"err":"signature is invalid"}
}

func TestSignToken(t *testing.T) {
	for _, test := range []struct{ name, method, secret, token string }{
		{"the lesson's secret", "GET", lessonSecret, lessonToken},
		{"a plain secret", "GET", plainSecret, plainToken},
		{"a secret of symbols", "GET", symbolsSecret, symbolsToken},
		{"the lesson's secret", "HEAD", lessonSecret, lessonToken}, // net/http drops the body
	} {
		t.Run(test.method+" with "+test.name, func(t *testing.T) {
			handler := newHandler([]byte(test.secret))
			for range 2 { // the same at every call
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest(test.method, "/sign-token", nil))
				what := test.method + " /sign-token with " + test.name
				checkJSON(t, what, w.Result(), http.StatusOK, `{"token":"`+test.token+`"}`, noChallenge)
			}
		})
	}
}

func TestHeadSendsNoBody(t *testing.T) {
	server := httptest.NewServer(newHandler([]byte(lessonSecret)))
	defer server.Close()
	res, err := http.Head(server.URL + "/sign-token")
	if err != nil {
		t.Fatal("HEAD /sign-token:", err)
	}
	checkJSON(t, "HEAD /sign-token", res, http.StatusOK, "", noChallenge)
}

func TestVerifyKnownToken(t *testing.T) {
	const mock = `{"user":{"id":1,"username":"test","password":"test"}}`
	const foreign = `{"user":` + foreignUser + `}`
	checkToken(t, "PyJWT's token", lessonSecret, lessonToken, mock)
	checkToken(t, "openssl's token for a plain secret", plainSecret, plainToken, mock)
	checkToken(t, "openssl's token for a secret of symbols", symbolsSecret, symbolsToken, mock)
	checkToken(t, "openssl's foreign token for a plain secret", plainSecret, plainForeign, foreign)
	checkToken(t, "openssl's foreign token for a secret of symbols", symbolsSecret, symbolsForeign, foreign)
	checkToken(t, "a token for another secret", plainSecret, lessonToken, forged)

	// RFC 7515, appendix A.1: signed correctly, and expired in 2011.
	key, err := base64.RawURLEncoding.DecodeString(
		"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
	if err != nil {
		t.Fatal("the key of RFC 7515:", err)
	}
	rfcToken := "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." +
		"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ." +
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	checkToken(t, "the token of RFC 7515", string(key), rfcToken, expired)
}

func TestPayloadComesBackAsSigned(t *testing.T) {
	for name, payload := range map[string]string{
		"no members":        `{}`,
		"nested objects":    `{"a":{"b":{"c":[{},[],[[null]]]}},"t":true,"f":false}`,
		"members unsorted":  `{"z":1,"a":2,"m":{"z":1,"a":2}}`,
		"non-ASCII text":    `{"name":"Zoë 東京 🙂"}`,
		"escaped text":      `{"name":"Zo\u00eb \"\\\/\n"}`,
		"text for a script": "{\"html\":\"<b>&amp;</b>\",\"js\":\"\u2028\u2029\"}",
		"a big number":      `{"n":9007199254740993}`,
		"trailing zeros":    `{"n":1.10,"m":1.0,"z":-0}`,
		"a huge number":     `{"n":1e400,"m":-1E+400,"s":1e-400}`,
		"many digits":       `{"n":123456789012345678901234567890.123456789012345678901234567890}`,
		"a name twice":      `{"n":1,"n":2}`,
		"other claims":      `{"iss":"me","sub":7,"jti":null,"iat":"never"}`,
		"the empty name":    `{"":""}`,
	} {
		checkToken(t, name, lessonSecret, signed(hs256, payload, lessonSecret), `{"user":`+payload+`}`)
	}
}

func TestCredentials(t *testing.T) {
	const user = `{"user":{"id":1,"username":"test","password":"test"}}`
	const several = `{"err":"more than one Authorization header"}`
	for _, test := range []struct {
		name          string
		authorization []string
		status        int
		body          string
		challenge     string
	}{
		{"Bearer", []string{"Bearer " + lessonToken}, 200, user, noChallenge},
		{"bearer", []string{"bearer " + lessonToken}, 200, user, noChallenge},
		{"BEARER", []string{"BEARER " + lessonToken}, 200, user, noChallenge},
		{"no header", nil, 401, noToken, noCredentials},
		{"an empty header", []string{""}, 401, noToken, noCredentials},
		{"another scheme", []string{"Basic dGVzdDp0ZXN0"}, 401, noToken, noCredentials},
		{"a longer scheme", []string{"Bearers " + lessonToken}, 401, noToken, noCredentials},
		{"a token without a scheme", []string{lessonToken}, 401, noToken, noCredentials},
		{"a scheme without a token", []string{"Bearer"}, 401, noToken, noCredentials},
		{"a scheme and a space", []string{"bearer "}, 401, noToken, noCredentials},
		{"a scheme and spaces", []string{"Bearer   "}, 401, noToken, noCredentials},
		{"the same header twice", []string{"Bearer " + lessonToken, "Bearer " + lessonToken}, 400, several, invalidRequest},
		{"two schemes", []string{"Basic dGVzdDp0ZXN0", "Bearer " + lessonToken}, 400, several, invalidRequest},
		{"two headers without a token", []string{"", ""}, 400, several, invalidRequest},
		{"two tokens in a header", []string{"Bearer " + lessonToken + ", Bearer " + lessonToken}, 401, malformed, invalidToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := ask(lessonSecret, "POST", "/verify-token", test.authorization...)
			checkJSON(t, "POST /verify-token with "+test.name, res, test.status, test.body, test.challenge)
		})
	}
}

// TestOnlyTheHeaderCounts sends tokens in every other place: they change nothing.
func TestOnlyTheHeaderCounts(t *testing.T) {
	form := "access_token=" + lessonToken
	elsewhere := func() *http.Request {
		r := httptest.NewRequest("POST", "/verify-token?"+form, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "access_token", Value: lessonToken})
		return r
	}
	res := answerTo(lessonSecret, elsewhere())
	checkJSON(t, "POST /verify-token with a token in query, cookie and body", res, 401, noToken, noCredentials)

	r := elsewhere()
	r.Header.Set("Authorization", "Bearer "+signed(hs256, `{"sub":"header"}`, lessonSecret))
	res = answerTo(lessonSecret, r)
	checkJSON(t, "POST /verify-token with tokens everywhere", res, 200, `{"user":{"sub":"header"}}`, noChallenge)
}

func TestBodyIsNotRead(t *testing.T) {
	for _, test := range []struct{ method, path, body string }{
		{"GET", "/sign-token", `{"token":"` + lessonToken + `"}`},
		{"POST", "/verify-token", `{"user":{"id":1,"username":"test","password":"test"}}`},
	} {
		body := strings.NewReader("anything")
		r := httptest.NewRequest(test.method, test.path, body)
		r.Header.Set("Authorization", "Bearer "+lessonToken)
		what := test.method + " " + test.path + " with a body"
		checkJSON(t, what, answerTo(lessonSecret, r), 200, test.body, noChallenge)
		if body.Len() < len("anything") {
			t.Errorf("%s: the handler read the body, want it left alone", what)
		}
	}
}

func TestOtherMethodsAndPaths(t *testing.T) {
	for _, test := range []struct {
		request, allow string
		status         int
	}{
		{"POST /sign-token", "GET, HEAD", 405},
		{"PUT /sign-token", "GET, HEAD", 405},
		{"OPTIONS /sign-token", "GET, HEAD", 405},
		{"GET /verify-token", "POST", 405},
		{"HEAD /verify-token", "POST", 405},
		{"DELETE /verify-token", "POST", 405},
		{"GET /", "", 404},
		{"GET /sign-token/", "", 404},
		{"GET /sign-token/1", "", 404},
		{"GET /SIGN-TOKEN", "", 404},
		{"POST /verify-token/", "", 404},
		{"GET /.env", "", 404},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		res := ask(lessonSecret, method, path, "Bearer "+lessonToken)
		if res.StatusCode != test.status {
			t.Errorf("%s: status %d, want %d", test.request, res.StatusCode, test.status)
		}
		if got := res.Header.Get("Allow"); got != test.allow {
			t.Errorf("%s: Allow %q, want %q", test.request, got, test.allow)
		}
	}
}

// logLines receives what the log package prints, a line at a time.
type logLines chan string

func (l logLines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// isolate runs the rest of the test in an empty directory but for a .env of that
// text, if any, with neither JWT_SECRET nor ADDR in the environment but as given.
func isolate(t *testing.T, dotenv string, env ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if dotenv != "" {
		if err := os.WriteFile(".env", []byte(dotenv), 0o600); err != nil {
			t.Fatal("writing .env:", err)
		}
	}
	for _, name := range []string{"JWT_SECRET", "ADDR"} {
		t.Setenv(name, "") // puts the old value back after the test
		os.Unsetenv(name)
	}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

// await returns what arrives on c. It ends the test where nothing does, which is
// a hang: the time is no verdict.
func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("%s: nothing after a minute", what)
		panic("unreachable")
	}
}

// inBackground runs f and returns the channel of its result.
func inBackground[T any](f func() T) <-chan T {
	c := make(chan T, 1)
	go func() { c <- f() }()
	return c
}

func TestRunServesAndStops(t *testing.T) {
	const listenAnywhere = "ADDR=127.0.0.1:0"
	long := strings.Repeat("x", 32)
	for _, test := range []struct {
		name, dotenv string
		env          []string
		secret       string
		warns        bool
	}{
		{"a plain secret", "JWT_SECRET=" + plainSecret + "\n" + listenAnywhere, nil, plainSecret, false},
		{"a secret of symbols", "JWT_SECRET=" + symbolsSecret + "\n" + listenAnywhere, nil, symbolsSecret, false},
		{"a secret in single quotes", "JWT_SECRET='" + symbolsSecret + "'\n" + listenAnywhere, nil, symbolsSecret, false},
		{"$ # and spaces in single quotes", "JWT_SECRET='$HOME #1  ${x} \"q\" ends'\n" + listenAnywhere, nil, `$HOME #1  ${x} "q" ends`, true},
		{"$ # and quotes in double quotes", `JWT_SECRET="it's \$5 #1 \"q\" \\ end"` + "\n" + listenAnywhere, nil, `it's $5 #1 "q" \ end`, true},
		{"the environment alone", "", []string{"JWT_SECRET=" + plainSecret, listenAnywhere}, plainSecret, false},
		{"the environment before .env", "JWT_SECRET=other\nADDR=nonsense", []string{"JWT_SECRET=" + plainSecret, listenAnywhere}, plainSecret, false},
		{"a secret of 32 bytes", "", []string{"JWT_SECRET=" + long, listenAnywhere}, long, false},
		{"a secret of 31 bytes", "", []string{"JWT_SECRET=" + long[1:], listenAnywhere}, long[1:], true},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolate(t, test.dotenv, test.env...)
			lines := make(logLines, 16)
			log.SetOutput(lines)
			t.Cleanup(func() { log.SetOutput(os.Stderr) })
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := inBackground(func() error { return run(ctx) })

			if test.warns {
				if line := await(t, "the warning", lines); !strings.Contains(line, "warning: JWT_SECRET has under 32 bytes") {
					t.Errorf("run with %s logs %q, want a warning of a secret under 32 bytes", test.name, line)
				}
			}
			line := await(t, "the line that says that it listens", lines)
			url := regexp.MustCompile(`listening on (http://127\.0\.0\.1:\d+)\n$`).FindStringSubmatch(line)
			if url == nil {
				t.Fatalf("run with %s logs %q, want listening on http://127.0.0.1:<port>", test.name, line)
			}
			res, err := http.Get(url[1] + "/sign-token")
			if err != nil {
				t.Fatalf("GET /sign-token once it says that it listens: %v", err)
			}
			token := mockUnsigned + "." + base64url(mac(sha256.New, mockUnsigned, test.secret))
			checkJSON(t, "GET /sign-token with "+test.name, res, 200, `{"token":"`+token+`"}`, noChallenge)

			stop()
			if err := await(t, "the stop", ended); err != nil {
				t.Errorf("run with %s: error %v after a stop, want none", test.name, err)
			}
		})
	}
}

func TestRunRefusesToStart(t *testing.T) {
	const missing = "JWT_SECRET is missing: copy .env.example to .env"
	const badFile = ".env is unreadable or malformed: compare it with .env.example"
	for _, test := range []struct {
		name, dotenv string
		env          []string
		want         string
	}{
		{"nothing", "", nil, missing},
		{"another variable in .env", "ADDR=localhost:0", nil, missing},
		{"an empty secret in .env", "JWT_SECRET=", nil, missing},
		{"an empty secret in the environment", "", []string{"JWT_SECRET="}, missing},
		{"an empty secret in the environment before .env", "JWT_SECRET=hunter2", []string{"JWT_SECRET="}, missing},
		{"a quote left open", "JWT_SECRET='hunter2", nil, badFile},
		{"a line without a name", "hunter2\nJWT_SECRET=hunter2\n", nil, badFile},
		{"a malformed .env beside the environment", "JWT_SECRET=\"hunter2", []string{"JWT_SECRET=hunter2"}, badFile},
		{"an address without a port", "JWT_SECRET=hunter2\nADDR=nonsense", nil, `listen on "nonsense" (set ADDR to choose another address): `},
		{"a port out of range", "JWT_SECRET=hunter2\nADDR=127.0.0.1:65536", nil, `listen on "127.0.0.1:65536" (set ADDR`},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolate(t, test.dotenv, test.env...)
			checkRefusal(t, test.name, test.want)
		})
	}
	t.Run("a .env that cannot be read", func(t *testing.T) {
		isolate(t, "", "JWT_SECRET=hunter2")
		if err := os.Mkdir(".env", 0o700); err != nil {
			t.Fatal(err)
		}
		checkRefusal(t, "a directory for .env", badFile)
	})
	t.Run("a taken address", func(t *testing.T) {
		ln := listen(t)
		_, taken := net.Listen("tcp", ln.Addr().String())
		isolate(t, "", "JWT_SECRET=hunter2", "ADDR="+ln.Addr().String())
		checkRefusal(t, "a taken address", fmt.Sprintf(`listen on %q (set ADDR to choose another address): %v`, ln.Addr(), taken))
	})
	t.Run("the default address taken", func(t *testing.T) {
		ln, err := net.Listen("tcp", "localhost:5000")
		if err == nil {
			defer ln.Close()
		} // else it is taken already, which will do as well
		isolate(t, "JWT_SECRET=hunter2")
		checkRefusal(t, "the default address taken", `listen on "localhost:5000" (set ADDR to choose another address): `)
	})
}

// checkRefusal reports where run does not fail with one line that holds want, or
// where that line holds the secret hunter2.
func checkRefusal(t *testing.T, what, want string) {
	t.Helper()
	log.SetOutput(io.Discard) // the warning of a short secret
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := await(t, "run with "+what, inBackground(func() error { return run(ctx) }))
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("run with %s: error %v, want one with %q", what, err, want)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("run with %s: error %q shows the secret", what, err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("run with %s: error %q, want a single line", what, err)
	}
}

// listen returns a listener on a free port of this machine.
func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal("listening on a free port:", err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// blockingHandler sends on entered when a request comes, and answers it when
// release is closed.
func blockingHandler(entered chan<- bool, release <-chan bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		entered <- true
		<-release
		io.WriteString(w, "answered")
	}
}

// fetch returns the body of a GET, or its error.
func fetch(url string) string {
	res, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	entered, release := make(chan bool), make(chan bool)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := inBackground(func() error { return serve(ctx, ln, blockingHandler(entered, release)) })
	answer := inBackground(func() string { return fetch("http://" + ln.Addr().String()) })
	await(t, "the request", entered)

	stop()
	refused := inBackground(func() error { // the stop takes a moment to close the listener
		for {
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				return err
			}
			conn.Close()
		}
	})
	await(t, "a new connection to be refused after the stop", refused)
	select {
	case err := <-ended:
		t.Fatalf("serve ended with error %v, want it to wait for the request under way", err)
	default:
	}
	close(release)
	if got := await(t, "the answer", answer); got != "answered" {
		t.Errorf("the request under way got %q, want its answer", got)
	}
	if err := await(t, "the end of serve", ended); err != nil {
		t.Errorf("serve: error %v after a stop, want none", err)
	}
}

func TestServeCutsOffAStall(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	entered, release := make(chan bool), make(chan bool)
	defer close(release)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := inBackground(func() error { return serve(ctx, ln, blockingHandler(entered, release)) })
	answer := inBackground(func() string { return fetch("http://" + ln.Addr().String()) })
	await(t, "the request", entered)

	stop()
	if err := await(t, "the end of serve, with a request that is never answered", ended); err != nil {
		t.Errorf("serve: error %v after a stop with a stall, want none", err)
	}
	if got := await(t, "the end of the connection", answer); !strings.HasSuffix(got, "EOF") {
		t.Errorf("the request that stalls got %q, want the connection closed", got)
	}
}

func TestServeFails(t *testing.T) {
	ln := listen(t)
	ended := inBackground(func() error { return serve(t.Context(), ln, http.NotFoundHandler()) })
	ln.Close()
	if err := await(t, "the end of serve", ended); !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "serve: ") {
		t.Errorf("serve on a closed listener: error %v, want serve: %v", err, net.ErrClosed)
	}
}

// TestMain lets this test binary be the program too, for the tests of whole processes.
func TestMain(m *testing.M) {
	if os.Getenv("JWT_DEMO_TEST") == "main" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program returns the program as a command in an empty directory, with this environment alone.
func program(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal("finding the test binary:", err)
	}
	cmd := exec.CommandContext(t.Context(), path)
	cmd.Dir = t.TempDir()
	cmd.Env = append(env, "JWT_DEMO_TEST=main", "GOCOVERDIR="+t.TempDir())
	return cmd
}

func TestProcessFailsToStart(t *testing.T) {
	t.Parallel()
	cmd := program(t)
	if err := os.WriteFile(filepath.Join(cmd.Dir, ".env"), []byte("JWT_SECRET='hunter2\n"), 0o600); err != nil {
		t.Fatal("writing .env:", err)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d with a malformed .env, want 1", code)
	}
	if lines := strings.SplitAfter(stderr.String(), "\n"); len(lines) != 2 || lines[1] != "" || !strings.Contains(lines[0], ".env") {
		t.Errorf("standard error %q, want one line that names .env", stderr.String())
	}
	if out := stdout.String() + stderr.String(); strings.Contains(out, "hunter2") {
		t.Errorf("the output %q shows the secret", out)
	}
}

func TestProcessStopsOnSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals to send")
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "JWT_SECRET="+lessonSecret, "ADDR=127.0.0.1:0")
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal("starting the program:", err)
			}
			output := bufio.NewReader(stderr)
			warning, _ := output.ReadString('\n')
			listening, _ := output.ReadString('\n')
			_, address, ok := strings.Cut(strings.TrimSpace(listening), "listening on ")
			if !ok {
				t.Fatalf("standard error %q, want a line with listening on", warning+listening)
			}
			for _, token := range []string{lessonToken, lessonToken + "x", "hunter2"} {
				r, _ := http.NewRequest("POST", address+"/verify-token", nil)
				r.Header.Set("Authorization", "Bearer "+token)
				if _, err := http.DefaultClient.Do(r); err != nil {
					t.Error("POST /verify-token:", err)
				}
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal("sending the signal:", err)
			}
			rest, _ := io.ReadAll(output)
			if err := cmd.Wait(); err != nil {
				t.Errorf("the program ended with %v after %v, want exit code 0", err, signal)
			}
			if len(rest) > 0 || strings.Contains(warning+listening, lessonSecret) {
				t.Errorf("standard error %q, want two lines without a secret or a token", warning+listening+string(rest))
			}
		})
	}
}
