package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
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
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
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

// The challenges (RFC 6750 §3).
const (
	noChallenge    = ""
	noCredentials  = `Bearer realm="jwt-demo"`
	invalidToken   = noCredentials + `, error="invalid_token"`
	invalidRequest = noCredentials + `, error="invalid_request"`
)

// The header of an HS256 token, and the bodies of the answers to the mock user's token and to a refused one.
const (
	hs256     = `{"alg":"HS256","typ":"JWT"}`
	mock      = `{"user":{"id":1,"username":"test","password":"test"}}`
	noToken   = `{"err":"no bearer token: send one in the header Authorization: Bearer <token>"}`
	malformed = `{"err":"token is malformed: it must be three base64url parts joined by dots, without quotes or spaces"}`
	forged    = `{"err":"signature is invalid: it was not made with HS256 and this server's JWT_SECRET, or the token was changed afterwards"}`
	noAlg     = `{"err":"token is unverifiable: signing method (alg) is unspecified"}`
	unknown   = `{"err":"token is unverifiable: signing method (alg) is unavailable"}`
	badHeader = `{"err":"header is not a JSON object in UTF-8"}`
	badJSON   = `{"err":"payload is not a JSON object in UTF-8"}`
	expired   = `{"err":"token has invalid claims: token is expired"}`
	early     = `{"err":"token has invalid claims: token is not valid yet"}`
	audience  = `{"err":"aud is not accepted: this server is not the audience the token is meant for"}`
	critical  = `{"err":"crit is not accepted: this server supports no extensions"}`
	badExp    = `{"err":"token has invalid claims: invalid type for claim: exp is invalid"}`
	badNbf    = `{"err":"token has invalid claims: invalid type for claim: nbf is invalid"}`
	farExp    = `{"err":"exp is out of range: it must be within 1e15 seconds of 1970"}`
	farNbf    = `{"err":"nbf is out of range: it must be within 1e15 seconds of 1970"}`
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

// checkJSON reports where an answer of the two routes is not as it should be.
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

// Example has the whole round trip: the server signs the mock user, accepts the token,
// and refuses it with a character more.
func Example() {
	server := httptest.NewServer(newHandler([]byte("supersecret")))
	defer server.Close()

	res, err := http.Get(server.URL + "/sign-token")
	if err != nil {
		log.Fatal(err)
	}
	var signed struct{ Token string }
	if err := json.NewDecoder(res.Body).Decode(&signed); err != nil {
		log.Fatal(err)
	}
	fmt.Println(signed.Token)

	for _, token := range []string{signed.Token, signed.Token + "A"} {
		r, err := http.NewRequest("POST", server.URL+"/verify-token", nil)
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s", res.Status, body)
	}
	// Output:
	// eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0.2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk
	// 200 OK: {"user":{"id":1,"username":"test","password":"test"}}
	// 401 Unauthorized: {"err":"signature is invalid: it was not made with HS256 and this server's JWT_SECRET, or the token was changed afterwards"}
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
		"no members":       `{}`,
		"nested objects":   `{"a":{"b":{"c":[{},[],[[null]]]}},"t":true,"f":false}`,
		"members unsorted": `{"z":1,"a":2,"m":{"z":1,"a":2}}`,
		"non-ASCII text":   `{"name":"Zoë 東京 🙂"}`,
		"escaped text":     `{"name":"Zo\u00eb \"\\\/\n"}`,
		"text for a page":  `{"html":"<b>&amp;</b>"}`,
		"a big number":     `{"n":9007199254740993}`,
		"trailing zeros":   `{"n":1.10,"m":1.0,"z":-0}`,
		"a huge number":    `{"n":1e400,"m":-1E+400,"s":1e-400}`,
		"many digits":      `{"n":123456789012345678901234567890.123456789012345678901234567890}`,
		"a name twice":     `{"n":1,"n":2}`,
		"other claims":     `{"iss":"me","sub":7,"jti":null,"iat":"never"}`,
		"the empty name":   `{"":""}`,
	} {
		checkToken(t, name, lessonSecret, signed(hs256, payload, lessonSecret), `{"user":`+payload+`}`)
	}
}

func TestCredentials(t *testing.T) {
	const several = `{"err":"more than one Authorization header: send exactly one"}`
	for _, test := range []struct {
		name          string
		authorization []string
		status        int
		body          string
		challenge     string
	}{
		{"Bearer", []string{"Bearer " + lessonToken}, 200, mock, noChallenge},
		{"bearer", []string{"bearer " + lessonToken}, 200, mock, noChallenge},
		{"BEARER", []string{"BEARER " + lessonToken}, 200, mock, noChallenge},
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
		{"POST", "/verify-token", mock},
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

// captureLog returns the lines that are logged until the test ends.
func captureLog(t *testing.T) logLines {
	lines := make(logLines, 16)
	log.SetOutput(lines)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	return lines
}

// awaitURL waits for the line that says that the server listens, and returns its URL.
func awaitURL(t *testing.T, lines logLines) string {
	t.Helper()
	line := await(t, "the line that says that it listens", lines)
	url := regexp.MustCompile(` listening on (http://127\.0\.0\.1:\d+)\n$`).FindStringSubmatch(line)
	if url == nil {
		t.Fatalf("log line %q, want listening on http://127.0.0.1:<port>", line)
	}
	return url[1]
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
	example, err := os.ReadFile(".env.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, dotenv string
		env          []string
		secret       string
		warns        bool
	}{
		{"a plain secret", "JWT_SECRET=" + plainSecret + "\n" + listenAnywhere, nil, plainSecret, false},
		{"a secret of symbols", "JWT_SECRET=" + symbolsSecret + "\n" + listenAnywhere, nil, symbolsSecret, false},
		{"a secret in single quotes", "JWT_SECRET='" + symbolsSecret + "'\n" + listenAnywhere, nil, symbolsSecret, false},
		{"$ # and spaces in single quotes", `JWT_SECRET='4 $mall #words and a "quote"'` + "\n" + listenAnywhere, nil, `4 $mall #words and a "quote"`, true},
		{"both quotes in double quotes", `JWT_SECRET="it's \$mall #words and a \"quote\" more"` + "\n" + listenAnywhere, nil, `it's $mall #words and a "quote" more`, false},
		{"a variable in single quotes", "JWT_SECRET='${HOME}$HOME'\n" + listenAnywhere, nil, "${HOME}$HOME", true},
		{".env.example", string(example), []string{listenAnywhere}, lessonSecret, true},
		{"the environment alone", "", []string{"JWT_SECRET=" + plainSecret, listenAnywhere}, plainSecret, false},
		{"the environment before .env", "JWT_SECRET=other\nADDR=nonsense", []string{"JWT_SECRET=" + plainSecret, listenAnywhere}, plainSecret, false},
		{"a secret of 32 bytes", "", []string{"JWT_SECRET=" + long, listenAnywhere}, long, false},
		{"a secret of 31 bytes", "", []string{"JWT_SECRET=" + long[1:], listenAnywhere}, long[1:], true},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolate(t, test.dotenv, test.env...)
			lines := captureLog(t)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := inBackground(func() error { return run(ctx) })

			if test.warns {
				const want = " warning: JWT_SECRET has under 32 bytes, which is too short for HS256 (RFC 7518 §3.2)\n"
				if line := await(t, "the warning", lines); !strings.HasSuffix(line, want) {
					t.Errorf("run with %s logs %q, want it to end in %q", test.name, line, want)
				}
			}
			res, err := http.Get(awaitURL(t, lines) + "/sign-token")
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
	const missing = "JWT_SECRET is missing: copy .env.example to .env (an empty JWT_SECRET in the environment beats .env)"
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
		{"an address without a port", "JWT_SECRET=hunter2\nADDR=nonsense", nil, `listen on "nonsense" (set ADDR to choose another address): listen tcp: address nonsense: missing port in address`},
		{"a port out of range", "JWT_SECRET=hunter2\nADDR=127.0.0.1:65536", nil, `listen on "127.0.0.1:65536" (set ADDR to choose another address): listen tcp: address 65536: invalid port`},
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
		_, taken := net.Listen("tcp", "localhost:5000")
		checkRefusal(t, "the default address taken", fmt.Sprintf(`listen on "localhost:5000" (set ADDR to choose another address): %v`, taken))
	})
}

// checkRefusal reports where run does not fail with the one line want, which does
// not show the secret hunter2.
func checkRefusal(t *testing.T, what, want string) {
	t.Helper()
	captureLog(t) // the warning of a short secret
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := await(t, "run with "+what, inBackground(func() error { return run(ctx) }))
	if err == nil || err.Error() != want {
		t.Errorf("run with %s: error %v, want %s", what, err, want)
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

// underWay is serve with a request that is under way.
type underWay struct {
	address string
	stop    context.CancelFunc
	release chan bool     // to be closed for the handler to answer
	answer  <-chan string // to the request
	ended   <-chan error  // of serve
}

func serveUnderWay(t *testing.T) underWay {
	t.Helper()
	ln := listen(t)
	entered, release := make(chan bool), make(chan bool)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		entered <- true
		<-release
		io.WriteString(w, "answered")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := inBackground(func() error { return serve(ctx, ln, handler) })
	answer := inBackground(func() string { return fetch("http://" + ln.Addr().String()) })
	await(t, "the request", entered)
	return underWay{ln.Addr().String(), stop, release, answer, ended}
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	s := serveUnderWay(t)
	s.stop()
	refused := inBackground(func() error { // the stop takes a moment to close the listener
		for {
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				return err
			}
			conn.Close()
		}
	})
	await(t, "a new connection to be refused after the stop", refused)
	select {
	case err := <-s.ended:
		t.Fatalf("serve ended with error %v, want it to wait for the request under way", err)
	default:
	}
	close(s.release)
	if got := await(t, "the answer", s.answer); got != "answered" {
		t.Errorf("the request under way got %q, want its answer", got)
	}
	if err := await(t, "the end of serve", s.ended); err != nil {
		t.Errorf("serve: error %v after a stop, want none", err)
	}
}

func TestServeCutsOffAStall(t *testing.T) {
	t.Parallel()
	s := serveUnderWay(t)
	defer close(s.release)
	s.stop()
	if err := await(t, "the end of serve, with a request that is never answered", s.ended); err != nil {
		t.Errorf("serve: error %v after a stop with a stall, want none", err)
	}
	if got := await(t, "the end of the connection", s.answer); !strings.HasSuffix(got, "EOF") {
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

func TestMainStopsOnSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals to send")
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			isolate(t, "", "JWT_SECRET="+plainSecret, "ADDR=127.0.0.1:0")
			lines := captureLog(t)
			ended := inBackground(func() bool { main(); return true })
			url := awaitURL(t, lines)
			for _, token := range []string{plainToken, plainToken + "A", lessonToken, "hunter2"} {
				r, _ := http.NewRequest("POST", url+"/verify-token", nil)
				r.Header.Set("Authorization", "Bearer "+token)
				if _, err := http.DefaultClient.Do(r); err != nil {
					t.Error("POST /verify-token:", err)
				}
			}
			if err := self.Signal(signal); err != nil {
				t.Fatal("sending the signal:", err)
			}
			await(t, "the end of main", ended)
			if len(lines) > 0 {
				t.Errorf("main logs %q, want nothing after the line that it listens", <-lines)
			}
		})
	}
}

// TestMain lets this test binary be the program, for the test of its exit code.
func TestMain(m *testing.M) {
	if os.Getenv("JWT_DEMO_TEST") == "main" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestProcessFailsToStart(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal("finding the test binary:", err)
	}
	isolate(t, "JWT_SECRET='hunter2\n", "JWT_DEMO_TEST=main", "GOCOVERDIR="+t.TempDir())
	cmd := exec.CommandContext(t.Context(), path)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d with a malformed .env, want 1", code)
	}
	if line := stderr.String(); strings.Index(line, "\n") != len(line)-1 || !strings.Contains(line, ".env is") {
		t.Errorf("standard error %q with a malformed .env, want one line that names it", line)
	}
	if out := stdout.String() + stderr.String(); strings.Contains(out, "hunter2") {
		t.Errorf("the output %q shows the secret", out)
	}
}

func TestAlgorithm(t *testing.T) {
	const payload = `{"id":1}`
	const user = `{"user":{"id":1}}`
	for name, header := range map[string]string{
		"alg HS256":            `{"alg":"HS256"}`,
		"alg HS256 and a kid":  `{"kid":"1","alg":"HS256","typ":"at+jwt"}`,
		"alg HS256 and an ALG": `{"ALG":"none","alg":"HS256"}`,
	} {
		checkToken(t, name, lessonSecret, signed(header, payload, lessonSecret), user)
	}
	// Only the signature refuses these: the algorithm that they name never comes to be used.
	checkToken(t, "alg HS384, signed with HS384", lessonSecret, signedWith(sha512.New384, `{"alg":"HS384"}`, payload, lessonSecret), forged)
	checkToken(t, "alg HS512, signed with HS512", lessonSecret, signedWith(sha512.New, `{"alg":"HS512"}`, payload, lessonSecret), forged)
	pinned := func(alg string) string {
		return `{"err":"token signature is invalid: signing method ` + alg + ` is invalid"}`
	}
	for name, test := range map[string]struct{ header, refusal string }{
		"alg none":          {`{"alg":"none"}`, pinned("none")},
		"alg None":          {`{"alg":"None"}`, unknown},
		"alg hs256":         {`{"alg":"hs256"}`, unknown},
		"alg HS256 padded":  {`{"alg":"HS256 "}`, unknown},
		"alg HS384 claimed": {`{"alg":"HS384"}`, pinned("HS384")},
		"alg RS256":         {`{"alg":"RS256"}`, pinned("RS256")},
		"alg PS256":         {`{"alg":"PS256"}`, pinned("PS256")},
		"alg ES256":         {`{"alg":"ES256"}`, pinned("ES256")},
		"alg EdDSA":         {`{"alg":"EdDSA"}`, pinned("EdDSA")},
		"no alg":            {`{"typ":"JWT"}`, noAlg},
		"an ALG alone":      {`{"ALG":"HS256"}`, noAlg},
		"an empty alg":      {`{"alg":""}`, unknown},
		"alg null":          {`{"alg":null}`, noAlg},
		"alg 256":           {`{"alg":256}`, noAlg},
		"a list for alg":    {`{"alg":["HS256"]}`, noAlg},
	} {
		token := signed(test.header, payload, lessonSecret)
		checkToken(t, name, lessonSecret, token, test.refusal)
		unsigned := token[:strings.LastIndex(token, ".")+1]
		checkToken(t, name+" without a signature", lessonSecret, unsigned, forged)
	}
}

// TestSignatureComesFirst has forged tokens that would be refused for another reason
// as well, which nobody looks at.
func TestSignatureComesFirst(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 1500)
	for name, test := range map[string]struct{ header, payload string }{
		"a crit":             {`{"alg":"HS256","crit":["exp"]}`, `{}`},
		"alg none":           {`{"alg":"none"}`, `{}`},
		"a header of text":   {`HS256`, `{}`},
		"an exp in the past": {hs256, `{"exp":1}`},
		"an exp of text":     {hs256, `{"exp":"1"}`},
		"an nbf of 1e19":     {hs256, `{"nbf":1e19}`},
		"an aud":             {hs256, `{"aud":"me"}`},
		"an array":           {hs256, `[]`},
		"no JSON":            {hs256, `hello`},
		"no UTF-8":           {hs256, "{\"a\":\"\xff\"}"},
		"a deep payload":     {hs256, deep},
		"a deep header":      {deep, `{}`},
	} {
		checkToken(t, name+", but forged", lessonSecret, signed(test.header, test.payload, plainSecret), forged)
	}
	for name, unsigned := range map[string]string{
		"a header not in base64url":  "!." + base64url(`{}`),
		"a payload not in base64url": base64url(hs256) + ".!",
	} {
		checkToken(t, name+", but forged", lessonSecret, unsigned+"."+base64url("forged"), forged)
	}
}

func TestHeader(t *testing.T) {
	for name, header := range map[string]string{
		"no header":              ``,
		"a list for a header":    `["HS256"]`,
		"text for a header":      `"HS256"`,
		"a broken header":        `{"alg":"HS256"`,
		"bytes after the header": `{"alg":"HS256"}{}`,
		"a header not in UTF-8":  "{\"alg\":\"HS256\",\"kid\":\"\xff\"}",
		"a null header":          `null`,
	} {
		checkToken(t, name, lessonSecret, signed(header, `{}`, lessonSecret), badHeader)
	}
	for name, header := range map[string]string{
		"crit of a known claim": `{"alg":"HS256","crit":["exp"],"exp":1}`,
		"crit of b64":           `{"alg":"HS256","crit":["b64"],"b64":false}`,
		"an empty crit":         `{"alg":"HS256","crit":[]}`,
		"crit null":             `{"alg":"HS256","crit":null}`,
		"crit false":            `{"alg":"HS256","crit":false}`,
	} {
		checkToken(t, name, lessonSecret, signed(header, `{}`, lessonSecret), critical)
	}
	checkToken(t, "a CRIT, which is not crit", lessonSecret, signed(`{"alg":"HS256","CRIT":["exp"]}`, `{}`, lessonSecret), `{"user":{}}`)
}

func TestPayload(t *testing.T) {
	for name, payload := range map[string]string{
		"no payload":              ``,
		"null":                    `null`,
		"null and a space":        ` null `,
		"an array":                `[{"id":1}]`,
		"an empty array":          `[]`,
		"a number":                `1`,
		"text":                    `"{}"`,
		"true":                    `true`,
		"a word after the object": `{"id":1}x`,
		"a second object":         `{"id":1}{"id":2}`,
		"a comma after it":        `{"id":1},`,
		"a zero byte after it":    "{\"id\":1}\x00",
		"a broken object":         `{"id":1`,
		"a comma before its end":  `{"id":1,}`,
		"a comment":               `{"id":1/**/}`,
		"single quotes":           `{'id':1}`,
		"a leading zero":          `{"id":01}`,
		"not a number":            `{"id":NaN}`,
		"a byte order mark":       "\ufeff{\"id\":1}",
		"text that is not UTF-8":  "{\"id\":\"\xff\"}",
		"a name that is not UTF8": "{\"\xc3\":1}",
		"a nested JWT":            lessonToken,
	} {
		checkToken(t, name, lessonSecret, signed(hs256, payload, lessonSecret), badJSON)
	}
	spaced := signed(hs256, " \r\n\t{ \"id\" : 1 } \n", lessonSecret)
	checkToken(t, "white space around an object", lessonSecret, spaced, `{"user":{"id":1}}`)
}

func TestDates(t *testing.T) {
	now := time.Now().Unix()
	for _, test := range []struct{ name, payload, refusal string }{
		{"exp ahead", fmt.Sprintf(`{"exp":%d}`, now+3600), ""},
		{"exp ahead with a fraction", fmt.Sprintf(`{"exp":%d.75}`, now+3600), ""},
		{"exp ahead with an exponent", `{"exp":1e11}`, ""},
		{"exp far ahead", `{"exp":1e15}`, ""},
		{"exp too far ahead", `{"exp":1000000000000001}`, farExp},
		{"exp now", fmt.Sprintf(`{"exp":%d}`, now), expired},
		{"exp an hour ago", fmt.Sprintf(`{"exp":%d}`, now-3600), expired},
		{"exp 1", `{"exp":1}`, expired},
		{"exp 0", `{"exp":0}`, expired},
		{"exp 0.0", `{"exp":0.0}`, expired},
		{"exp -0", `{"exp":-0}`, expired},
		{"exp before 1970", `{"exp":-1e15}`, expired},
		{"exp ahead, then passed", `{"exp":1e11,"exp":1}`, expired},
		{"exp in text", `{"exp":"99999999999"}`, badExp},
		{"exp null", `{"exp":null}`, badExp},
		{"exp false", `{"exp":false}`, badExp},
		{"exp in a list", `{"exp":[99999999999]}`, badExp},
		{"EXP, which is not exp", `{"EXP":1}`, ""},

		{"nbf passed", fmt.Sprintf(`{"nbf":%d}`, now-3600), ""},
		{"nbf now", fmt.Sprintf(`{"nbf":%d}`, now), ""},
		{"nbf 0", `{"nbf":0}`, ""},
		{"nbf before 1970", `{"nbf":-1e15}`, ""},
		{"nbf too far before 1970", `{"nbf":-1000000000000001}`, farNbf},
		{"nbf ahead", fmt.Sprintf(`{"nbf":%d}`, now+3600), early},
		{"nbf ahead with a fraction", fmt.Sprintf(`{"nbf":%d.75}`, now+3600), early},
		{"nbf far ahead", `{"nbf":1e15}`, early},
		{"nbf beyond an int64", `{"nbf":1e19}`, farNbf},
		{"nbf beyond a float64", `{"nbf":1e400}`, farNbf},
		{"nbf in text", `{"nbf":"1"}`, badNbf},
		{"nbf null", `{"nbf":null}`, badNbf},
		{"nbf in an object", `{"nbf":{}}`, badNbf},
		{"NBF, which is not nbf", `{"NBF":1e11}`, ""},

		{"an aud", `{"aud":"me"}`, audience},
		{"an empty aud", `{"aud":""}`, audience},
		{"a list of aud", `{"aud":["me","you"]}`, audience},
		{"an empty list of aud", `{"aud":[]}`, audience},
		{"aud null", `{"aud":null}`, audience},
		{"aud 1", `{"aud":1}`, audience},
		{"AUD, which is not aud", `{"AUD":"me"}`, ""},

		{"exp passed and an aud", `{"exp":1,"aud":"me"}`, expired},
		{"iat ahead", `{"iat":1e11}`, ""},
	} {
		body := test.refusal
		if body == "" {
			body = `{"user":` + test.payload + `}`
		}
		checkToken(t, test.name, lessonSecret, signed(hs256, test.payload, lessonSecret), body)
	}
}

// TestExpWrapsAround has dates that become others where golang-jwt counts in 64 bits: it
// calls them expired on some machines, and the handler refuses them on all.
func TestExpWrapsAround(t *testing.T) {
	for _, exp := range []string{"-1000000000000001", "-9.3e18", "-1e19", "9.3e18", "1e19", "1e400", "-1e400"} {
		res := ask(lessonSecret, "POST", "/verify-token", "Bearer "+signed(hs256, `{"exp":`+exp+`}`, lessonSecret))
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal("reading the body:", err)
		}
		if got := strings.TrimSuffix(string(body), "\n"); res.StatusCode != 401 || got != expired && got != farExp {
			t.Errorf("POST /verify-token with exp %s: status %d, body %s, want 401 and %s or %s", exp, res.StatusCode, got, farExp, expired)
		}
	}
}

func TestSignFails(t *testing.T) {
	hash := jwt.SigningMethodHS256.Hash
	jwt.SigningMethodHS256.Hash = 0 // no hash function: golang-jwt cannot sign
	defer func() { jwt.SigningMethodHS256.Hash = hash }()
	lines := captureLog(t)
	w := httptest.NewRecorder()
	newHandler([]byte(lessonSecret)).ServeHTTP(w, httptest.NewRequest("GET", "/sign-token", nil))
	if w.Code != 500 || w.Body.String() != "cannot sign the token\n" {
		t.Errorf("GET /sign-token without a hash function: status %d, body %q, want 500 and cannot sign the token", w.Code, w.Body)
	}
	if line := await(t, "the line in the log", lines); !strings.HasSuffix(line, "sign token: the requested hash function is unavailable\n") {
		t.Errorf("GET /sign-token without a hash function logs %q, want the reason", line)
	}
}

const base64urlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// TestEveryCharacterCounts changes, drops and adds each character of a valid token.
func TestEveryCharacterCounts(t *testing.T) {
	status := func(token string) int {
		return ask(lessonSecret, "POST", "/verify-token", "Bearer "+token).StatusCode
	}
	control := func() {
		t.Helper()
		if got := status(lessonToken); got != 200 {
			t.Fatalf("POST /verify-token with the token unchanged: status %d, want 200", got)
		}
	}
	refused := func(token string) {
		t.Helper()
		if got := status(token); got != 401 {
			t.Errorf("POST /verify-token with %q in place of %q: status %d, want 401", token, lessonToken, got)
		}
	}
	control()
	for i := range len(lessonToken) + 1 {
		before, after := lessonToken[:i], lessonToken[i:]
		for _, c := range base64urlAlphabet + "=+/.,;~%\\\"' \t\u00a0\u2028" {
			if before != "" || c != ' ' { // more than one space may follow the scheme
				refused(before + string(c) + after)
			}
			if after != "" && string(c) != after[:1] {
				refused(before + string(c) + after[1:])
			}
		}
		if after != "" {
			refused(before + after[1:])
		}
	}
	control()
}

func TestSegments(t *testing.T) {
	header, rest, _ := strings.Cut(lessonToken, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	last := len(lessonToken) - 1
	for name, test := range map[string]struct{ token, refusal string }{
		"no segments":                  {"hunter2", malformed},
		"one dot":                      {".", malformed},
		"two dots":                     {"..", forged},
		"two segments":                 {header + "." + payload, malformed},
		"four segments":                {lessonToken + "." + signature, malformed},
		"an empty fourth segment":      {lessonToken + ".", malformed},
		"five segments, as a JWE":      {lessonToken + "." + header + "." + payload, malformed},
		"no signature":                 {header + "." + payload + ".", forged},
		"half a signature":             {header + "." + payload + "." + base64url("half a signature"), forged},
		"the signature twice":          {lessonToken + signature, malformed},
		"padding":                      {lessonToken + "=", malformed},
		"the standard base64 alphabet": {strings.ReplaceAll(lessonToken, "_", "/") + "/+", malformed},
		"stray bits of 1":              {lessonToken[:last] + "l", malformed},
		"stray bits of 2":              {lessonToken[:last] + "m", malformed},
		"stray bits of 3":              {lessonToken[:last] + "n", malformed},
		"the payload of another token": {header + "." + foreignPayload + "." + signature, forged},
	} {
		checkToken(t, name, lessonSecret, test.token, test.refusal)
	}
}

// checkAnswer reports where an answer to any Authorization header breaks a rule that
// all answers keep, and returns the user where the token was accepted.
func checkAnswer(t *testing.T, authorization string) (user json.RawMessage) {
	t.Helper()
	res := ask(lessonSecret, "POST", "/verify-token", authorization)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal("reading the body:", err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || len(members) != 1 || !utf8.Valid(body) {
		t.Fatalf("POST /verify-token with %q: body %q, want a JSON object with one member", authorization, body)
	}
	user, accepted := members["user"]
	_, refused := members["err"]
	if !(res.StatusCode == 200 && accepted) && !(res.StatusCode == 401 && refused) {
		t.Fatalf("POST /verify-token with %q: status %d with %s, want 200 with user or 401 with err", authorization, res.StatusCode, body)
	}
	return user
}

func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "Basic dGVzdDp0ZXN0", "Bearer .", "Bearer ..", "Bearer " + lessonToken, "bEARER " + lessonToken,
		"Bearer " + lessonToken[:len(lessonToken)-1] + "l", "Bearer " + plainToken,
		"Bearer " + signed(hs256, `{"exp":1e11,"nbf":0}`, lessonSecret), "Bearer " + signed(`{"alg":"none"}`, `{}`, lessonSecret),
		"Bearer " + signedWith(sha512.New384, `{"alg":"HS384"}`, `{}`, lessonSecret),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authorization string) {
		if checkAnswer(t, authorization) == nil {
			return
		}
		token := strings.TrimLeft(authorization[len("Bearer "):], " ")
		dot := strings.LastIndex(token, ".")
		if want := base64url(mac(sha256.New, token[:dot], lessonSecret)); token[dot+1:] != want {
			t.Errorf("POST /verify-token with %q: status 200, though its HMAC is %s", authorization, want)
		}
	})
}

// FuzzSigned has the right signature on anything, which FuzzAuthorization never guesses.
func FuzzSigned(f *testing.F) {
	for _, payload := range []string{
		`{}`, `null`, `[]`, `1`, `{"exp":0}`, `{"exp":1e11}`, `{"exp":"1e11"}`, `{"nbf":1e19}`, `{"aud":null}`, `{"n":1e400}`,
		`{"a":{"b":[1.10,"\u2028"]}}`, ` {} `, `{}{}`, "{\"a\":\"\xff\"}", `{"a":1,"a":2}`,
	} {
		f.Add(hs256, payload)
	}
	for _, header := range []string{`{"alg":"none"}`, `{"alg":"HS512"}`, `{"alg":"HS256","crit":[]}`, `{}`, `null`, `[]`, ``} {
		f.Add(header, `{}`)
	}
	f.Fuzz(func(t *testing.T, header, payload string) {
		user := checkAnswer(t, "Bearer "+signed(header, payload, lessonSecret))
		if user == nil {
			return
		}
		var parameters map[string]any
		err := json.Unmarshal([]byte(header), &parameters)
		if _, crit := parameters["crit"]; err != nil || parameters["alg"] != "HS256" || crit || !utf8.ValidString(header) {
			t.Errorf("header %q: status 200, want a refusal of what is not an object in UTF-8 with alg HS256 and no crit", header)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(payload)); err != nil || compact.String()[0] != '{' {
			t.Errorf("payload %q: status 200, want a refusal of what is not an object", payload)
		}
		// encoding/json may escape the two characters that JavaScript once could not read.
		escape := strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`)
		if escape.Replace(compact.String()) != escape.Replace(string(user)) {
			t.Errorf("payload %q: user %s, want the payload as it was signed", payload, user)
		}
	})
}

// start serves handler on a free port with the limits of newServer, each of
// them divided by hurry, and returns the address.
func start(t *testing.T, handler http.Handler, hurry time.Duration) string {
	t.Helper()
	ln := listen(t)
	srv := newServer(handler)
	srv.ReadTimeout /= hurry
	srv.WriteTimeout /= hurry
	srv.IdleTimeout /= hurry
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return ln.Addr().String()
}

// dial connects to address and sends text.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal("connecting:", err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil { // a hang, no verdict
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal("sending:", err)
	}
	return conn
}

// reply returns the next answer on conn.
func reply(t *testing.T, what string, conn io.Reader) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: no answer: %v", what, err)
	}
	return res
}

func TestLimits(t *testing.T) {
	srv := newServer(http.NotFoundHandler())
	for name, limit := range map[string]struct{ got, least, most time.Duration }{
		"ReadTimeout":  {srv.ReadTimeout, 5 * time.Second, 15 * time.Second},
		"WriteTimeout": {srv.WriteTimeout, 5 * time.Second, 15 * time.Second},
		"IdleTimeout":  {srv.IdleTimeout, 50 * time.Second, 70 * time.Second},
	} {
		if limit.got < limit.least || limit.got > limit.most {
			t.Errorf("%s %v, want from %v to %v", name, limit.got, limit.least, limit.most)
		}
	}
	if srv.MaxHeaderBytes != 16<<10 {
		t.Errorf("MaxHeaderBytes %d, want 16 KiB", srv.MaxHeaderBytes)
	}
}

// TestSlowClientIsCutOff has clients that stop half-way. The server closes each of
// their connections.
func TestSlowClientIsCutOff(t *testing.T) {
	t.Parallel()
	address := start(t, newHandler([]byte(lessonSecret)), 25)
	for name, test := range map[string]struct{ sent, got string }{
		"before the request":  {"", ""},
		"in the request line": {"POST /veri", ""},
		"in the headers":      {"POST /verify-token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bea", ""},
		"in the body":         {"POST /verify-token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1", "HTTP/1.1 401 "},
		"in a chunk":          {"POST /verify-token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n1", "HTTP/1.1 401 "},
		"between requests":    {"GET /sign-token HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200 "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := io.ReadAll(dial(t, address, test.sent))
			if err != nil {
				t.Errorf("a client that stops %s: %v, want the connection closed", name, err)
			}
			if !strings.HasPrefix(string(got), test.got) {
				t.Errorf("a client that stops %s: answer %q, want %q", name, got, test.got)
			}
		})
	}
}

func TestSlowReaderIsCutOff(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	address := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for chunk := make([]byte, 1<<20); err == nil; { // until no buffer on the way takes more
			_, err = w.Write(chunk)
		}
		failed <- err
	}), 25)
	dial(t, address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if err := await(t, "the end of an answer that nobody reads", failed); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("an answer that nobody reads ends with %v, want %v", err, os.ErrDeadlineExceeded)
	}
}

// TestOnTheWire sends what net/http's own client would not.
func TestOnTheWire(t *testing.T) {
	address := start(t, newHandler([]byte(lessonSecret)), 1)
	post := func(headers string) string {
		return "POST /verify-token HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n"
	}
	bearer := "Authorization: Bearer " + lessonToken
	for _, test := range []struct {
		name, sent string
		status     int
		challenge  string
	}{
		{"a token", post(bearer + "\r\n"), 200, noChallenge},
		{"a token, white space around the value", post("authorization: \t Bearer " + lessonToken + " \t \r\n"), 200, noChallenge},
		{"a scheme and spaces", post("Authorization: Bearer  \r\n"), 401, noCredentials},
		{"two spaces before the token", post("Authorization: Bearer  " + lessonToken + "\r\n"), 200, noChallenge},
		{"two headers", post(bearer + "\r\n" + bearer + "\r\n"), 400, invalidRequest},
		{"two headers, letter case apart", post(bearer + "\r\nAUTHORIZATION: Basic YTpi\r\n"), 400, invalidRequest},
		{"a body of a terabyte on its way", post(bearer + "\r\nContent-Length: 1099511627776\r\n"), 200, noChallenge},
		{"headers of 15 KiB", post(bearer + "\r\nX: " + strings.Repeat("x", 15<<10) + "\r\n"), 200, noChallenge},
		{"a token of 15 KiB", post("Authorization: Bearer " + strings.Repeat("x", 15<<10) + "\r\n"), 401, invalidToken},
		{"headers of 24 KiB", post(bearer + "\r\nX: " + strings.Repeat("x", 24<<10) + "\r\n"), 431, noChallenge},
		{"a token of 24 KiB", post("Authorization: Bearer " + strings.Repeat("x", 24<<10) + "\r\n"), 431, noChallenge},
		{"a carriage return in the token", post(bearer + "\rx\r\n"), 400, noChallenge},
		{"a token over two lines", post("Authorization: Bearer\r\n " + lessonToken[:50] + "\r\n " + lessonToken[50:] + "\r\n"), 401, invalidToken},
		{"a zero byte in a header", post(bearer + "\x00\r\n"), 400, noChallenge},
		{"no Host", "POST /verify-token HTTP/1.1\r\n" + bearer + "\r\n\r\n", 400, noChallenge},
		{"a line that is no header", post("Authorization\r\n"), 400, noChallenge},
		{"no request line", "hello\r\n\r\n", 400, noChallenge},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, noChallenge},
		{"a token, after all that", post(bearer + "\r\n"), 200, noChallenge},
	} {
		res := reply(t, test.name, dial(t, address, test.sent))
		if res.StatusCode != test.status {
			t.Errorf("%s: status %d, want %d", test.name, res.StatusCode, test.status)
		}
		if got := res.Header.Get("WWW-Authenticate"); got != test.challenge {
			t.Errorf("%s: WWW-Authenticate %q, want %q", test.name, got, test.challenge)
		}
	}
}

// pipeListener is a listener in memory: 5,000 connections on sockets would take
// more open files than some machines allow a process.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if conn, ok := <-l; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestManyConnections(t *testing.T) {
	ln := make(pipeListener)
	srv := newServer(newHandler([]byte(lessonSecret)))
	go srv.Serve(ln)
	defer srv.Close()
	for i := range 5000 {
		client, server := net.Pipe()
		defer client.Close()
		ln <- server
		if err := client.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		io.WriteString(client, "GET /sign-token HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if res := reply(t, fmt.Sprint("connection ", i), client); res.StatusCode != 200 {
			t.Fatalf("connection %d: status %d, want 200", i, res.StatusCode)
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	if inUse := memory.HeapInuse + memory.StackInuse; inUse > 200<<20 {
		t.Errorf("%d MiB in use with 5,000 connections open, want under 200", inUse>>20)
	}
}

// discard is a ResponseWriter that keeps nothing, so that the benchmarks count the
// allocations of the handler alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func benchmark(b *testing.B, handler http.Handler, method, path string) {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Authorization", "Bearer "+lessonToken)
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		handler.ServeHTTP(w, r)
	}
}

func BenchmarkSignToken(b *testing.B) {
	secret := []byte(lessonSecret)
	b.Run("handler", func(b *testing.B) { benchmark(b, newHandler(secret), "GET", "/sign-token") })
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			jwt.NewWithClaims(jwt.SigningMethodHS256, mockUser).SignedString(secret)
		}
	})
}

func BenchmarkVerifyToken(b *testing.B) {
	secret := []byte(lessonSecret)
	b.Run("handler", func(b *testing.B) { benchmark(b, newHandler(secret), "POST", "/verify-token") })
	b.Run("bare", func(b *testing.B) {
		parser := jwt.NewParser()
		key := func(*jwt.Token) (any, error) { return secret, nil }
		b.ReportAllocs()
		for b.Loop() {
			parser.Parse(lessonToken, key)
		}
	})
}

// BenchmarkEmptyHandler is what the other benchmarks of a handler cost without one.
func BenchmarkEmptyHandler(b *testing.B) {
	benchmark(b, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), "GET", "/")
}
