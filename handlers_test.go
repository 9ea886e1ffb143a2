package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
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
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

const (
	lessonSecret = "supersecret"
	lessonToken  = mockUnsigned + ".2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk" // from PyJWT 2.6.0
	mockUnsigned = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0"

	// openssl dgst -sha256 -hmac made these signatures.
	longSecret = "0123456789abcdef0123456789abcdef"
	longToken  = mockUnsigned + ".LAyuvjtk8oyGSbudOm50R8M_W1P8pbO5kuadsyzhSJc"
	hs384Token = "eyJhbGciOiJIUzM4NCJ9.e30.YEw7BBiLWwvqdaHBdcW36bKd_f2VPdIV5T7Ii45CcxbIsweN82C7eaA4MnZXWiy0"

	hs256    = `{"alg":"HS256","typ":"JWT"}` // the header of an HS256 token
	bearer   = "Authorization: Bearer " + lessonToken + "\r\n"
	getToken = "GET /sign-token HTTP/1.1\r\nHost: localhost\r\n\r\n"
	postTo   = "POST /verify-token HTTP/1.1\r\nHost: localhost\r\n" // more headers follow

	setSecret = "JWT_SECRET=" + longSecret
	anyPort   = "ADDR=127.0.0.1:0"

	warning   = "warning: JWT_SECRET is shorter than 32 bytes, the minimum for HS256 (RFC 7518 §3.2)\n"
	listening = "listening on http://127.0.0.1:port\n"
	stopping  = "stopping: waiting up to 5 seconds for open requests to finish\n"
	cutOff    = "closing the connections that are still open after 5 seconds: context deadline exceeded\n"
	notSet    = "JWT_SECRET is not set: set it in a file named .env in the directory where you start the server " +
		"(copy .env.example if there is no .env yet); if JWT_SECRET is empty in the shell, unset it there: the shell overrides the file"
	badFile = ".env is unreadable or malformed: it must be UTF-8 without a byte order mark " +
		"(Windows editors may add a mark or write UTF-16), with lines like NAME=value and every quote closed"
)

var lessonHandler = newHandler([]byte(lessonSecret)) // one for all tests: no request may change it

// The responses of the two routes (RFC 6750 §3 and §3.1), as the function response writes them.
var (
	validUser  = accepted(`{"id":1,"password":"test","username":"test"}`)
	twoHeaders = rejected(400, `, error="invalid_request"`, "more than one Authorization header: send exactly one")
	noToken    = rejected(401, "", "no bearer token: send one in the header Authorization: Bearer <token>")
	malformed  = invalid("token is malformed: it must be three base64url parts separated by dots, without quotes or spaces, after a single Bearer")
	forged     = invalid("signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET")
	badHeader  = invalid("header is not a JSON object in UTF-8")
	badPayload = invalid("payload is not a JSON object in UTF-8")
	critical   = invalid("token header must not contain crit: this server supports no extensions")
	audience   = invalid("token must not contain aud: this server accepts only tokens without an audience")
	expired    = invalid("token has invalid claims: token is expired")
	early      = invalid("token has invalid claims: token is not valid yet")
	farExp     = invalid("exp is after the year 9999: it must be in seconds since 1970, not in milliseconds")
	farNbf     = invalid("nbf is too far before 1970: it must be in seconds since 1970, not in milliseconds")
)

func signed(token string) string    { return jsonResponse(200, "", `{"token":"`+token+`"}`) }
func accepted(claims string) string { return jsonResponse(200, "", `{"user":`+claims+`}`) }
func invalid(reason string) string  { return rejected(401, `, error="invalid_token"`, reason) }

func rejected(status int, errorParam, reason string) string {
	return jsonResponse(status, ` Www-Authenticate:[Bearer realm="jwt-demo"`+errorParam+`]`, `{"err":"`+reason+`"}`)
}

func jsonResponse(status int, headers, body string) string {
	return fmt.Sprintf("%d map[Cache-Control:[no-store] Content-Type:[application/json]%s] %s\n", status, headers, body)
}

// TestMain lets the test binary be the program, for the tests that need a process.
func TestMain(m *testing.M) {
	log.SetFlags(0) // no time, so that a log can be compared
	if os.Getenv("JWT_DEMO_TEST") == "main" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Example signs a token, verifies it, and verifies it with one character more.
func Example() {
	send := func(method, path, token string) []byte {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		newHandler([]byte("supersecret")).ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
		return w.Body.Bytes()
	}
	var signed struct{ Token string }
	if err := json.Unmarshal(send("GET", "/sign-token", ""), &signed); err != nil {
		log.Fatal(err)
	}
	send("POST", "/verify-token", signed.Token)
	send("POST", "/verify-token", signed.Token+"A")
	// Output:
	// 200 {"token":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0.2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk"}
	// 200 {"user":{"id":1,"password":"test","username":"test"}}
	// 401 {"err":"signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET"}
}

// TestRoutes, like most tests, runs each case in a bubble of testing/synctest, where time
// is virtual: it begins in the year 2000, and passes only while every goroutine waits.
func TestRoutes(t *testing.T) {
	const plain = "Content-Type:[text/plain; charset=utf-8] X-Content-Type-Options:[nosniff]"
	for request, want := range map[string]string{
		"GET /sign-token":       signed(lessonToken),
		"HEAD /sign-token":      signed(lessonToken), // net/http drops the body
		"POST /sign-token":      "405 map[Allow:[GET, HEAD] " + plain + "] Method Not Allowed\n",
		"GET /verify-token":     "405 map[Allow:[POST] " + plain + "] Method Not Allowed\n",
		"OPTIONS /verify-token": "405 map[Allow:[POST] " + plain + "] Method Not Allowed\n",
		"GET /.env":             "404 map[" + plain + "] 404 page not found\n",
		"GET /SIGN-TOKEN":       "404 map[" + plain + "] 404 page not found\n",
		"POST /verify-token/":   "404 map[" + plain + "] 404 page not found\n",
	} {
		inBubble(t, request, "", func(t *testing.T) {
			method, path, _ := strings.Cut(request, " ")
			check(t, request, do(httptest.NewRequest(method, path, nil)), want)
		})
	}
}

func TestSignTokenFails(t *testing.T) {
	hash := jwt.SigningMethodHS256.Hash
	defer func() { jwt.SigningMethodHS256.Hash = hash }()
	jwt.SigningMethodHS256.Hash = 0 // golang-jwt cannot sign without a hash function
	bubble(t, "sign token: the requested hash function is unavailable\n", func(t *testing.T) {
		got := do(httptest.NewRequest("GET", "/sign-token", nil))
		check(t, "GET /sign-token without a hash function", got, jsonResponse(500, "", `{"err":"cannot sign the token"}`))
	})
}

// TestAuthorizationHeader has a valid token in every other place of the request as well. The
// server must not read the body: then net/http would first respond with 100 Continue.
func TestAuthorizationHeader(t *testing.T) {
	const form = "access_token=" + lessonToken + "&token=" + lessonToken + "&jwt=" + lessonToken
	const elsewhere = "POST /verify-token?" + form + " HTTP/1.1\r\nHost: localhost\r\nOrigin: https://example.com\r\n" +
		"Cookie: access_token=" + lessonToken + "; token=" + lessonToken + "; jwt=" + lessonToken + "\r\n" +
		"X-Access-Token: " + lessonToken + "\r\nX-Forwarded-Authorization: Bearer " + lessonToken + "\r\nProxy-Authorization: Bearer " + lessonToken + "\r\n" +
		"X-Auth-Token: " + lessonToken + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\nExpect: 100-continue\r\n"
	for _, test := range []struct{ name, headers, want string }{
		{"Bearer", bearer, validUser},
		{"bEARER", "AUTHORIZATION: bEARER " + lessonToken + "\r\n", validUser},
		{"spaces before the scheme and the token", "Authorization: \t Bearer   " + lessonToken + " \t \r\n", validUser},
		{"headers of almost 20 KiB", bearer + "X: " + strings.Repeat("x", 18000) + "\r\n", validUser},
		{"no Authorization header", "", noToken},
		{"the scheme Token", "Authorization: Token " + lessonToken + "\r\n", noToken},
		{"the scheme JWT", "Authorization: JWT " + lessonToken + "\r\n", noToken},
		{"a token without a scheme", "Authorization: " + lessonToken + "\r\n", noToken},
		{"no space after the scheme", "Authorization: Bearer" + lessonToken + "\r\n", noToken},
		{"a tab after the scheme", "Authorization: Bearer\t" + lessonToken + "\r\n", noToken},
		{"a colon after the scheme", "Authorization: Bearer: " + lessonToken + "\r\n", noToken},
		{"a scheme without a token", "Authorization: Bearer\r\n", noToken},
		{"a scheme and an empty folded line", "Authorization: Bearer\r\n \r\n", noToken},
		{"the same header twice", bearer + bearer, twoHeaders},
		{"two schemes", "Authorization: Basic dGVzdDp0ZXN0\r\n" + bearer, twoHeaders},
		{"Bearer twice", "Authorization: Bearer Bearer " + lessonToken + "\r\n", malformed},
		{"the JSON around the token", "Authorization: Bearer {\"token\":\"" + lessonToken + "\"}\r\n", malformed},
		{"a tab before the token", "Authorization: Bearer \t" + lessonToken + "\r\n", malformed},
		{"a token on two lines", "Authorization: Bearer " + lessonToken[:50] + "\r\n " + lessonToken[50:] + "\r\n", malformed},
		{"a zero-width space before the token", "Authorization: Bearer \u200b" + lessonToken + "\r\n", malformed},
		{"a forged token", "Authorization: Bearer " + longToken + "\r\n", forged},
	} {
		inBubble(t, test.name, stopping, func(t *testing.T) {
			conn := serveInMemory(t, lessonHandler).dial(t, elsewhere+test.headers+"\r\n")
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			failIf(t, err, "reading the response")
			check(t, "POST /verify-token with "+test.name, response(res), test.want)
		})
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for i := 0; i < 1000 && !t.Failed(); i++ {
					claims := fmt.Sprintf(`{"i":%d}`, i)
					got := do(httptest.NewRequest("GET", "/sign-token", nil)) + post(hs256Token(hs256, claims, lessonSecret)) + post(longToken)
					check(t, "three requests among many", got, signed(lessonToken)+accepted(claims)+forged)
				}
			})
		}
		group.Wait()
	})
}

// TestVerifyForgedToken has tokens that are malformed, or not signed with the server's secret.
// The response must not say what else is wrong with them: the signature comes first.
func TestVerifyForgedToken(t *testing.T) {
	last, signature := len(lessonToken)-1, lessonToken[len(mockUnsigned):]
	for _, test := range []struct{ name, token, want string }{
		{"two parts", mockUnsigned, malformed},
		{"a padded signature", lessonToken + "=", malformed},
		{"a padded header", sign(base64url(hs256)+"=.e30", lessonSecret), malformed},
		{"a padded payload", sign(base64url(hs256)+".e30=", lessonSecret), malformed},
		{"the standard base64 alphabet", strings.ReplaceAll(hs256Token(hs256, `{"a":"???"}`, lessonSecret), "_", "/"), malformed},
		{"stray bits", lessonToken[:last] + "l", malformed},
		{"no signature", mockUnsigned + ".", forged},
		{"the payload of another token", base64url(hs256) + "." + base64url(`{"id":2}`) + signature, forged},
		{"an empty secret", hs256Token(hs256, `{}`, ""), forged},
		{"HS384", hs384Token, forged},
		{"alg none", base64url(`{"alg":"none"}`) + ".e30.", forged},
		{"crit, exp, and aud", hs256Token(`{"alg":"HS256","crit":["exp"]}`, `{"exp":1,"aud":"me"}`, "other"), forged},
	} {
		inBubble(t, test.name, "", func(t *testing.T) {
			check(t, "POST /verify-token with a forged token: "+test.name, post(test.token), test.want)
		})
	}
}

// TestForgedTokenIsNotParsed counts allocations: parsing more JSON takes more of them.
func TestForgedTokenIsNotParsed(t *testing.T) {
	long := `{` + strings.Repeat(`"alg":"HS256","exp":1e11,`, 200) + `"a":` + strings.Repeat(`[`, 500) + strings.Repeat(`]`, 500) + `}`
	allocations := func(header, payload string) float64 {
		token := hs256Token(header, payload, "other")
		return testing.AllocsPerRun(20, func() { post(token) })
	}
	bubble(t, "", func(t *testing.T) {
		empty, header, payload := allocations(`{}`, `{}`), allocations(long, `{}`), allocations(`{}`, long)
		if max(header, payload) > empty+20 { // the race detector makes the numbers vary a little
			t.Errorf("POST /verify-token with a forged token: %v allocations with a long header, %v with a long payload, want %v", header, payload, empty)
		}
	})
}

// TestEveryCharacterCounts puts other characters before, into, and after a valid token.
func TestEveryCharacterCounts(t *testing.T) {
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.,:;~%<>()\\\"' \t\u00a0"
	bubble(t, "", func(t *testing.T) {
		for _, c := range characters {
			tokens := []string{string(c) + lessonToken, lessonToken + string(c), string(c) + lessonToken + string(c)}
			for i := range lessonToken {
				tokens = append(tokens, lessonToken[:i]+string(c)+lessonToken[i+1:])
			}
			for _, token := range tokens {
				valid := strings.TrimLeft(token, " ") == lessonToken
				if got := post(token); !valid && got != malformed && got != forged {
					t.Fatalf("POST /verify-token with %q in a valid token, as in %s:\n got %swant %s  or %s", c, token, got, malformed, forged)
				}
			}
		}
	})
}

func TestVerifySignedToken(t *testing.T) {
	for _, test := range []struct{ name, header, payload, want string }{
		{"claims in any order", hs256, `{"z":1,"a":{"c":[{},[null]],"b":true}}`, accepted(`{"a":{"b":true,"c":[{},[null]]},"z":1}`)},
		{"text", hs256, `{"name":"Zoë 東京 <b>&amp;</b> \u00eb\/\n"}`, accepted(`{"name":"Zoë 東京 <b>&amp;</b> ë/\n"}`)},
		{"numbers", hs256, `{"n":[9007199254740993,1.10,1e400,-1E+4]}`, accepted(`{"n":[9007199254740993,1.10,1e400,-1E+4]}`)},
		{"white space", hs256, " \r\n\t{ \"id\" : 1 } \n", accepted(`{"id":1}`)},
		{"other claims", hs256, `{"iat":1e16,"iss":"me","jti":null,"sub":7}`, accepted(`{"iat":1e16,"iss":"me","jti":null,"sub":7}`)},
		{"claims in capitals", hs256, `{"AUD":"me","EXP":1,"NBF":1e11}`, accepted(`{"AUD":"me","EXP":1,"NBF":1e11}`)},
		{"other header parameters", `{"kid":"1","alg":"HS256","typ":"at+jwt","ALG":"none","CRIT":[]}`, `{}`, accepted(`{}`)},
		{"a claim twice", hs256, `{"a":{"b":1},"a":{"c":2}}`, accepted(`{"a":{"c":2}}`)},
		{"alg none", `{"alg":"none"}`, `{}`, invalid("token signature is invalid: signing method none is invalid")},
		{"alg HS384", `{"alg":"HS384"}`, `{}`, invalid("token signature is invalid: signing method HS384 is invalid")},
		{"no alg", `{"typ":"JWT"}`, `{}`, invalid("token is unverifiable: signing method (alg) is unspecified")},
		{"crit", `{"alg":"HS256","crit":["exp"],"exp":1}`, `{}`, critical},
		{"crit an empty array", `{"alg":"HS256","crit":[]}`, `{}`, critical},
		{"crit null", `{"alg":"HS256","crit":null}`, `{}`, critical},
		{"an array as header", `["HS256"]`, `{}`, badHeader},
		{"a header that is not UTF-8", "{\"alg\":\"HS256\",\"kid\":\"\xff\"}", `{}`, badHeader},
		{"null as payload", hs256, ` null`, badPayload},
		{"an array as payload", hs256, `[{"id":1}]`, badPayload},
		{"two objects as payload", hs256, `{"id":1}{"id":2}`, badPayload},
		{"half an object as payload", hs256, `{"id":1`, badPayload},
		{"a payload that is not UTF-8", hs256, "{\"id\":\"\xff\"}", badPayload},
		// A bubble's time starts at the second 946684800.
		{"exp now", hs256, `{"exp":946684800.75}`, expired},
		{"exp at the end of the year 9999", hs256, `{"exp":253402300799}`, accepted(`{"exp":253402300799}`)},
		{"exp in the year 10000", hs256, `{"exp":253402300800}`, farExp},
		{"exp in milliseconds", hs256, `{"exp":1.7e12}`, farExp},
		{"exp 0", hs256, `{"exp":0}`, expired},
		{"exp a string", hs256, `{"exp":"99999999999"}`, invalid("token has invalid claims: invalid type for claim: exp is invalid")},
		{"exp twice", hs256, `{"exp":1,"exp":1e11}`, accepted(`{"exp":1e11}`)},
		{"nbf far before 1970", hs256, `{"nbf":-253402300799}`, accepted(`{"nbf":-253402300799}`)},
		{"nbf too far before 1970", hs256, `{"nbf":-253402300800}`, farNbf},
		{"nbf beyond a float64", hs256, `{"nbf":-1e400}`, farNbf},
		{"nbf beyond a float64, ahead", hs256, `{"nbf":1e400}`, invalid("nbf is after the year 9999: it must be in seconds since 1970, not in milliseconds")},
		{"aud", hs256, `{"aud":"me"}`, audience},
		{"aud an empty string", hs256, `{"aud":""}`, audience},
		{"aud a number", hs256, `{"aud":7}`, audience},
		{"aud an array", hs256, `{"aud":["me"]}`, audience},
		{"aud an empty array", hs256, `{"aud":[]}`, audience},
		{"aud null", hs256, `{"aud":null}`, audience},
	} {
		inBubble(t, test.name, "", func(t *testing.T) {
			got := post(hs256Token(test.header, test.payload, lessonSecret))
			check(t, "POST /verify-token with a signed token: "+test.name, got, test.want)
		})
	}
}

func TestTokenBecomesValidAndExpires(t *testing.T) {
	const claims = `{"exp":946684802,"nbf":946684801}`
	token := hs256Token(hs256, claims, lessonSecret)
	bubble(t, "", func(t *testing.T) {
		for second, want := range []string{early, accepted(claims), expired} {
			check(t, fmt.Sprintf("POST /verify-token in second %d, with nbf in second 1 and exp in second 2", second), post(token), want)
			time.Sleep(time.Second)
		}
	})
}

// TestRun calls run with a context that is done already, so that run does not wait.
func TestRun(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	failIf(t, err, "listening")
	defer taken.Close()
	badAddr := func(addr string) string {
		_, err := net.Listen("tcp", addr)
		return fmt.Sprintf("cannot listen on %q: %v; to use another address, set ADDR, for example ADDR=localhost:5050", addr, err)
	}
	dotenv := func(text string) func() error {
		return func() error { return os.WriteFile(".env", []byte(text), 0o600) }
	}
	for _, test := range []struct {
		name             string
		createEnv        func() error // creates .env
		env              []string
		wantErr, wantLog string
	}{
		{"a secret of 31 bytes", dotenv(setSecret[:len(setSecret)-1]), []string{anyPort}, "<nil>", warning + listening + stopping},
		{"no secret", dotenv(anyPort), nil, notSet, ""},
		{"an empty secret in .env", dotenv("JWT_SECRET=\n" + anyPort), nil, notSet, ""},
		{"an empty secret in the environment", dotenv(setSecret), []string{"JWT_SECRET=", anyPort}, notSet, ""},
		{"a .env with a byte order mark", dotenv("\ufeff" + setSecret), []string{setSecret, anyPort}, badFile, ""},
		{"a directory as .env", func() error { return os.Mkdir(".env", 0o700) }, []string{setSecret, anyPort}, badFile, ""},
		{"a .env that cannot be opened", func() error { return os.Symlink(".env", ".env") }, []string{setSecret, anyPort}, badFile, ""},
		{"a port alone as ADDR", dotenv(setSecret + "\nADDR=5050"), nil, badAddr("5050"), ""},
		{"an ADDR that is taken", dotenv(setSecret), []string{"ADDR=" + taken.Addr().String()}, badAddr(taken.Addr().String()), ""},
	} {
		isolate(t, test.env...)
		err := test.createEnv()
		subtest(t, test.name, func(t *testing.T) {
			if err != nil && runtime.GOOS == "windows" {
				t.Skip("creating a link needs a privilege on Windows:", err)
			}
			failIf(t, err, "creating .env")
			ctx, stop := context.WithCancel(t.Context())
			stop()
			captureLog(t, test.wantLog, func() {
				check(t, "the error of run with "+test.name, fmt.Sprint(run(ctx)), test.wantErr)
			})
		})
	}
}

// TestConfiguration starts the program and requests a token, which shows the secret in use.
func TestConfiguration(t *testing.T) {
	example, err := os.ReadFile(".env.example")
	failIf(t, err, "reading .env.example")
	for _, test := range []struct {
		name, dotenv string
		env          []string
		secret, log  string
	}{
		{"a secret in .env", setSecret + "\n" + anyPort, nil, longSecret, listening},
		{"quotes around the secret", "JWT_SECRET=' $MALL #wörds, a \"quote\": 32 b '\n" + anyPort, nil, ` $MALL #wörds, a "quote": 32 b `, listening},
		{"the secret of .env.example", string(example), []string{anyPort}, lessonSecret, warning + listening},
		{"the environment alone", "", []string{"JWT_SECRET=\"" + longSecret + longSecret + "\r\n", anyPort}, `"` + longSecret + longSecret + "\r\n", listening},
		{"a .env that is overridden", "JWT_SECRET=other\nADDR=nonsense", []string{setSecret, anyPort}, longSecret, listening},
	} {
		subtest(t, test.name, func(t *testing.T) {
			p := start(t, test.dotenv, test.env...)
			res, err := http.Get("http://" + p.addr + "/sign-token")
			failIf(t, err, "GET /sign-token as soon as the program logs "+p.log)
			check(t, "GET /sign-token with "+test.name, response(res), signed(sign(mockUnsigned, test.secret)))
			_, log, _ := strings.Cut(p.end(os.Kill), "\n")
			check(t, "the log with "+test.name, log, test.log)
		})
	}
	p := start(t, setSecret+"\nADDR=nonsense", "ADDR=", "PORT=1")
	p.end(os.Kill)
	want := regexp.MustCompile(`^(listening on http://(127\.0\.0\.1|\[::1\]):5000|cannot listen on "localhost:5000": .*)\n$`)
	if !want.MatchString(p.log) { // another program may have the port
		t.Errorf("the program with an empty ADDR: log %q, want it to use localhost:5000", p.log)
	}
}

func TestExit(t *testing.T) {
	for _, test := range []struct {
		name, dotenv string
		signal       os.Signal
		twice        bool
		want         string
	}{
		{"a malformed .env", "JWT_SECRET='hunter2\n", os.Kill, false, "exit status 1\n" + badFile + "\n"},
		{"SIGINT", setSecret, os.Interrupt, false, "exit status 0\n" + listening + stopping},
		{"SIGTERM", setSecret, syscall.SIGTERM, false, "exit status 0\n" + listening + stopping},
		// Not SIGINT, which stays ignored where a shell has made its background jobs ignore it.
		{"SIGTERM twice", setSecret, syscall.SIGTERM, true, "signal: terminated\n" + listening + stopping},
	} {
		subtest(t, test.name, func(t *testing.T) {
			if test.signal != os.Kill && runtime.GOOS == "windows" {
				t.Skip("Windows cannot send this signal")
			}
			p := start(t, test.dotenv, anyPort)
			if test.twice {
				silent, err := net.Dial("tcp", p.addr) // the first signal waits for this client
				failIf(t, err, "connecting")
				defer silent.Close()
				_, err = http.Get("http://" + p.addr) // accepted after the silent client
				failIf(t, err, "GET /")
				p.Process.Signal(test.signal)
				p.readLog("stopping")
				go func() { // again and again: the program may still count it as the first
					for p.Process.Signal(test.signal) == nil {
						time.Sleep(10 * time.Millisecond)
					}
				}()
			}
			check(t, "the program with "+test.name, p.end(test.signal), test.want)
		})
	}
}

func TestServeFails(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := serveInMemory(t, lessonHandler)
		server.Close()
		check(t, "the error of serve on a closed listener", fmt.Sprint(<-server.ended), "serve: "+net.ErrClosed.Error())
	})
}

func TestLimits(t *testing.T) {
	const halfBody = postTo + "Content-Length: 9\r\n\r\n1"
	long := postTo + "Authorization: Bearer " + hs256Token(hs256, `{"text":"`+strings.Repeat("x", 10<<10)+`"}`, lessonSecret) + "\r\n\r\n"
	handler := http.NewServeMux()
	handler.Handle("/", lessonHandler)
	handler.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(4 * time.Second)
		if r.Context().Err() == nil {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	for _, test := range []struct {
		name, sent         string
		stop, read, closed time.Duration // when serve is told to stop, the client starts to read, and the connection is closed
		got, log           string
	}{
		{"a silent client", "", 0, 0, 10 * time.Second, "", stopping},
		{"half a header", getToken + "GET /sign-token HTTP/1.1\r\nHost: loc", 0, 0, 10 * time.Second, "HTTP/1.1 200 OK", stopping},
		{"half a body", halfBody, 0, 0, 10 * time.Second, "HTTP/1.1 401 Unauthorized", stopping},
		{"an idle client", getToken, 0, 0, time.Minute, "HTTP/1.1 200 OK", stopping},
		{"headers over 20 KiB", postTo + "X: " + strings.Repeat("x", 20<<10) + "\r\n\r\n", 0, 0, 0, "HTTP/1.1 431 Request Header Fields Too Large", stopping},
		{"a client that reads just in time", long, 0, 14900 * time.Millisecond, 74900 * time.Millisecond, "HTTP/1.1 200 OK", stopping},
		{"a client that reads too late", long, 0, 15100 * time.Millisecond, 15100 * time.Millisecond, "", "write response: write pipe: i/o timeout\n" + stopping},
		{"a stop with an idle client", getToken, time.Second, 0, time.Second, "HTTP/1.1 200 OK", stopping},
		{"a stop with an open request", "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n", time.Second, 0, 4 * time.Second, "HTTP/1.1 418 I'm a teapot", stopping},
		{"a stop with a silent client", "", time.Second, 0, 6 * time.Second, "", stopping + cutOff},
		{"a stop with half a body", halfBody, time.Second, 0, 6 * time.Second, "", stopping + cutOff},
	} {
		inBubble(t, test.name, test.log, func(t *testing.T) {
			server := serveInMemory(t, handler)
			conn := server.dial(t, test.sent)
			if test.stop > 0 {
				time.AfterFunc(test.stop, server.stop)
			}
			time.Sleep(test.read)
			text, err := io.ReadAll(conn)
			failIf(t, err, "reading")
			got, _, _ := strings.Cut(string(text), "\r\n")
			check(t, test.name, got, test.got)
			if test.stop > 0 {
				check(t, test.name+": the error of serve", fmt.Sprint(<-server.ended), "<nil>")
			}
			// net/http closes some connections, and ends a shutdown, up to half a second later.
			if took := time.Since(server.start); took < test.closed || took > test.closed+500*time.Millisecond {
				t.Errorf("%s: closed after %v, want %v", test.name, took, test.closed)
			}
		})
	}
}

// FuzzSigned signs any header and payload with a different secret, and then with the right one.
func FuzzSigned(f *testing.F) {
	for _, payload := range []string{
		`{}`, `null`, `{"exp":1e11}`, `{"exp":1e400}`, `{"nbf":1e19}`, `{"nbf":-1e400}`, `{"aud":null}`, `{"n":1e400}`,
		`{"a":"\u2028"}`, ` {} `, `{}{}`, "{\"a\":\"\xff\"}", `{"a":1,"a":2}`, `{"s":"\ud800"}`,
	} {
		f.Add(hs256, payload)
		f.Add(payload, `{}`)
	}
	f.Fuzz(func(t *testing.T, header, payload string) {
		if f.Failed() {
			return // one failure says enough
		}
		bubble(t, "", func(t *testing.T) {
			check(t, "POST /verify-token with a forged token", post(hs256Token(header, payload, "other")), forged)
			got := post(hs256Token(header, payload, lessonSecret))
			if strings.HasPrefix(got, "401 ") {
				return
			}
			parameters, claims := decode(header), decode(payload)
			if _, crit := parameters["crit"]; parameters["alg"] != "HS256" || crit {
				t.Errorf("header %q: %s, want 401 unless alg is HS256 and there is no crit", header, got)
			}
			if _, aud := claims["aud"]; claims == nil || aud {
				t.Errorf("payload %q: %s, want 401 unless it is an object without aud", payload, got)
			}
		})
	})
}

// decode returns a JSON object in UTF-8, with numbers of any size, or nil for any other text.
func decode(text string) (object map[string]any) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) || decoder.Decode(&object) != nil {
		return nil
	}
	return object
}

// hs256Token returns a token with any header and payload, made without golang-jwt.
func hs256Token(header, payload, secret string) string {
	return sign(base64url(header)+"."+base64url(payload), secret)
}

// sign returns the token with a header and a payload that are encoded already.
func sign(unsigned, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, unsigned)
	return unsigned + "." + base64url(string(mac.Sum(nil)))
}

func base64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// post returns the response to POST /verify-token with token.
func post(token string) string {
	r := httptest.NewRequest("POST", "/verify-token", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return do(r)
}

func do(r *http.Request) string {
	r.Header.Set("Origin", "https://example.com") // must not make a difference
	w := httptest.NewRecorder()
	lessonHandler.ServeHTTP(w, r)
	return response(w.Result())
}

// response returns a response as text: its status, its headers but for those that net/http
// adds to all of them, and its body.
func response(res *http.Response) string {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "reading the body: " + err.Error()
	}
	for _, name := range []string{"Date", "Content-Length", "Connection"} {
		res.Header.Del(name)
	}
	return fmt.Sprintf("%d %v %s", res.StatusCode, res.Header, body)
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %.1000s\nwant %.1000s", what, strings.TrimSpace(got), strings.TrimSpace(want))
	}
}

func failIf(t *testing.T, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

// isolate gives the rest of the test an empty directory, and no JWT_SECRET and ADDR but those in env.
func isolate(t *testing.T, env ...string) {
	t.Chdir(t.TempDir())
	for _, variable := range append([]string{"JWT_SECRET", "ADDR"}, env...) {
		name, value, set := strings.Cut(variable, "=")
		t.Setenv(name, value) // restores the old value after the test
		if !set {
			os.Unsetenv(name)
		}
	}
}

// subtest ends the test with the first subtest that fails: the others often fail for the same reason.
func subtest(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	if !t.Run(name, f) {
		t.FailNow()
	}
}

// bubble runs f in a synctest bubble, and compares the log.
func bubble(t *testing.T, wantLog string, f func(*testing.T)) {
	t.Helper()
	captureLog(t, wantLog, func() { synctest.Test(t, f) })
}

func inBubble(t *testing.T, name, wantLog string, f func(*testing.T)) {
	t.Helper()
	subtest(t, name, func(t *testing.T) { bubble(t, wantLog, f) })
}

// captureLog compares what is logged until f has returned.
func captureLog(t *testing.T, want string, f func()) {
	t.Helper()
	defer time.AfterFunc(15*time.Second, func() { panic(t.Name() + " hangs") }).Stop() // a locked mutex stops virtual time as well
	logged := logWriter{name: t.Name()}
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	f()
	check(t, t.Name()+": the log", hidePort(logged.String()), want)
}

type logWriter struct {
	bytes.Buffer
	name string
}

func (w *logWriter) Write(line []byte) (int, error) {
	if bytes.Contains(debug.Stack(), []byte("log.Fatal")) {
		panic(w.name + " calls log.Fatal, which ends the tests without a word: " + string(line))
	}
	return w.Buffer.Write(line)
}

func hidePort(log string) string {
	return regexp.MustCompile(`1:\d+\n`).ReplaceAllString(log, "1:port\n")
}

// memoryServer is a call of serve in a bubble, and its listener. The connections are in
// memory because a bubble's time stands still while a goroutine waits for a real one.
type memoryServer struct {
	start     time.Time
	stop      context.CancelFunc
	ended     chan error // receives what serve returns, and is closed
	conns     chan net.Conn
	closed    chan struct{} // closed with the listener
	closeOnce sync.Once
}

func serveInMemory(t *testing.T, handler http.Handler) *memoryServer {
	ctx, stop := context.WithTimeout(t.Context(), time.Hour) // ends a test whose connection is never closed
	s := &memoryServer{start: time.Now(), stop: stop, ended: make(chan error, 1), conns: make(chan net.Conn), closed: make(chan struct{})}
	go func() {
		s.ended <- serve(ctx, s, handler)
		close(s.ended)
	}()
	t.Cleanup(func() { <-s.ended; time.Sleep(time.Second) }) // t.Context is done; net/http can take half a second more
	return s
}

func (s *memoryServer) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *memoryServer) Close() error   { s.closeOnce.Do(func() { close(s.closed) }); return nil }
func (s *memoryServer) Addr() net.Addr { return &net.TCPAddr{} }

// dial connects to the server and sends text in the background: a net.Pipe has no buffer.
func (s *memoryServer) dial(t *testing.T, text string) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	t.Cleanup(func() { client.Close() })
	select {
	case s.conns <- server:
	case err := <-s.ended:
		t.Fatalf("serve accepts no connection, but returned %v", err)
	}
	go io.WriteString(client, text)
	return client
}

// process is the program in a process of its own, in a directory of its own.
type process struct {
	*exec.Cmd
	addr   string // where it listens; empty if it has ended
	stdout bytes.Buffer
	stderr *bufio.Scanner
	log    string // what has been read of stderr
}

// start starts the program with that .env, if any, and returns once it listens or has ended.
func start(t *testing.T, dotenv string, env ...string) *process {
	t.Helper()
	path, err := os.Executable()
	failIf(t, err, "finding the test binary")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // kills a program that hangs
	t.Cleanup(cancel)
	p := &process{Cmd: exec.CommandContext(ctx, path)}
	p.Dir, p.Stdout = t.TempDir(), &p.stdout
	p.Env = append(env, "JWT_DEMO_TEST=main", "GOCOVERDIR="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	if dotenv != "" {
		failIf(t, os.WriteFile(filepath.Join(p.Dir, ".env"), []byte(dotenv), 0o600), "writing .env")
	}
	stderr, err := p.StderrPipe()
	failIf(t, err, "connecting to standard error")
	p.stderr = bufio.NewScanner(stderr)
	failIf(t, p.Start(), "starting the program")
	p.addr = p.readLog("listening on http://")
	return p
}

// readLog reads the log up to a line with that prefix, or to its end, and returns the rest of the line.
func (p *process) readLog(prefix string) string {
	for p.stderr.Scan() {
		p.log += p.stderr.Text() + "\n"
		if rest, ok := strings.CutPrefix(p.stderr.Text(), prefix); ok {
			return rest
		}
	}
	return ""
}

// end sends a signal, and returns how the program ends and what it writes.
func (p *process) end(signal os.Signal) string {
	p.Process.Signal(signal)
	p.readLog("no such line")
	p.Wait()
	return fmt.Sprint(p.ProcessState, "\n", strings.ReplaceAll(p.stdout.String(), "\n", " (on standard output)\n"), hidePort(p.log))
}
