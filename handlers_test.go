package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// Tokens from other programs.
const (
	lessonSecret = "supersecret"
	lessonToken  = mockUnsigned + ".2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk" // from PyJWT 2.6.0
	mockUnsigned = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0"

	// openssl dgst -sha256 -hmac made these signatures.
	longSecret   = "0123456789abcdef0123456789abcdef"
	longToken    = mockUnsigned + ".LAyuvjtk8oyGSbudOm50R8M_W1P8pbO5kuadsyzhSJc"
	hs384Token   = "eyJhbGciOiJIUzM4NCJ9.e30.YEw7BBiLWwvqdaHBdcW36bKd_f2VPdIV5T7Ii45CcxbIsweN82C7eaA4MnZXWiy0"
	foreignToken = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9." + // with a secret of symbols
		"eyJzdWIiOiJab8OrIOadseS6rCIsIm4iOjkwMDcxOTkyNTQ3NDA5OTMsInByaWNlIjoxLjEwLCJodWdlIjoxZTQwMCwiYSI6eyJiIjpbMSx7ImMiOm51bGx9XX19" +
		".WUd_1plCHUxP9u_YBFy5YLkqsD7AaQyakEf71mFseLo"
	foreignPayload = `{"sub":"Zoë 東京","n":9007199254740993,"price":1.10,"huge":1e400,"a":{"b":[1,{"c":null}]}}`
	foreignClaims  = `{"a":{"b":[1,{"c":null}]},"huge":1e400,"n":9007199254740993,"price":1.10,"sub":"Zoë 東京"}`

	// RFC 7515, appendix A.1: a token that expired in 2011.
	rfcToken = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." +
		"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ." +
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// answer is what a client gets. Without a challenge it has no WWW-Authenticate header.
type answer struct {
	status          int
	body, challenge string
}

func (a answer) String() string {
	return fmt.Sprintf("status %d, body %s, WWW-Authenticate %q", a.status, a.body, a.challenge)
}

func accepted(payload string) answer { return answer{200, `{"user":` + payload + `}`, ""} }

func refused(why string) answer {
	return answer{401, `{"err":"` + why + `"}`, `Bearer realm="jwt-demo", error="invalid_token"`}
}

// The answers of POST /verify-token (RFC 6750 §3 and §3.1).
var (
	mock       = accepted(`{"id":1,"password":"test","username":"test"}`)
	several    = answer{400, `{"err":"more than one Authorization header: send exactly one"}`, `Bearer realm="jwt-demo", error="invalid_request"`}
	noToken    = answer{401, `{"err":"no bearer token: send one in the header Authorization: Bearer <token>"}`, `Bearer realm="jwt-demo"`}
	malformed  = refused("token is malformed: it must be three base64url parts separated by dots, without quotes or spaces, after a single Bearer")
	forged     = refused("signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET")
	badHeader  = refused("header is not a JSON object in UTF-8")
	badPayload = refused("payload is not a JSON object in UTF-8")
	otherAlg   = refused("token signature is invalid: signing method HS384 is invalid")
	algNone    = refused("token signature is invalid: signing method none is invalid")
	unknownAlg = refused("token is unverifiable: signing method (alg) is unavailable")
	noAlg      = refused("token is unverifiable: signing method (alg) is unspecified")
	critical   = refused("token header must not contain crit: this server supports no extensions")
	audience   = refused("token must not contain aud: this server accepts only tokens without an audience")
	expired    = refused("token has invalid claims: token is expired")
	early      = refused("token has invalid claims: token is not valid yet")
	badExp     = refused("token has invalid claims: invalid type for claim: exp is invalid")
	badNbf     = refused("token has invalid claims: invalid type for claim: nbf is invalid")
	farExp     = refused("exp is after the year 9999: it must be in seconds since 1970, not in milliseconds")
	farNbf     = refused("nbf is after the year 9999: it must be in seconds since 1970, not in milliseconds")
)

// Example shows the whole round trip: the server signs a token for the mock user, accepts
// it, and refuses it once a character has been added.
func Example() {
	server := httptest.NewServer(newHandler([]byte("supersecret")))
	defer server.Close()
	send := func(method, path, token string) []byte {
		r, err := http.NewRequest(method, server.URL+path, nil)
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			log.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %s", res.Status, body)
		return body
	}
	var signed struct{ Token string }
	if err := json.Unmarshal(send("GET", "/sign-token", ""), &signed); err != nil {
		log.Fatal(err)
	}
	send("POST", "/verify-token", signed.Token)
	send("POST", "/verify-token", signed.Token+"A")
	// Output:
	// 200 OK {"token":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0In0.2ZsLJiNfNokvrjDsPDouwppRN3ajq1QeJ7WBt86pLBk"}
	// 200 OK {"user":{"id":1,"password":"test","username":"test"}}
	// 401 Unauthorized {"err":"signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET"}
}

func TestSignToken(t *testing.T) {
	for _, test := range []struct{ name, method, secret, token string }{
		{"the lesson's secret", "GET", lessonSecret, lessonToken},
		{"a long secret", "GET", longSecret, longToken},
		{"a long secret", "HEAD", longSecret, longToken}, // net/http drops the body
	} {
		t.Run(test.method+" with "+test.name, func(t *testing.T) {
			res := do(test.secret, httptest.NewRequest(test.method, "/sign-token", nil))
			check(t, test.method+" /sign-token with "+test.name, res, answer{200, `{"token":"` + test.token + `"}`, ""})
		})
	}
}

func TestSignTokenFails(t *testing.T) {
	logged, hash := captureLog(t), jwt.SigningMethodHS256.Hash
	defer func() { jwt.SigningMethodHS256.Hash = hash }()
	jwt.SigningMethodHS256.Hash = 0 // golang-jwt cannot sign without a hash function
	got, want := read(t, do(lessonSecret, httptest.NewRequest("GET", "/sign-token", nil))), answer{500, `{"err":"cannot sign the token"}`, ""}
	if wantLog := "sign token: the requested hash function is unavailable\n"; got != want || !strings.HasSuffix(logged.String(), wantLog) {
		t.Errorf("GET /sign-token without a hash function: %v, log %q, want %v, log %q", got, logged, want, wantLog)
	}
}

func TestCredentials(t *testing.T) {
	const bearer = "Authorization: Bearer " + lessonToken + "\r\n"
	for _, test := range []struct {
		name, headers string
		want          answer
	}{
		{"Bearer", bearer, mock},
		{"bEARER", "AUTHORIZATION: bEARER " + lessonToken + "\r\n", mock},
		{"spaces before the scheme and the token", "Authorization: \t Bearer   " + lessonToken + " \t \r\n", mock},
		{"headers of 19 KiB", bearer + "X: " + strings.Repeat("x", 19<<10) + "\r\n", mock},
		{"no header", "", noToken},
		{"another scheme", "Authorization: Basic dGVzdDp0ZXN0\r\n", noToken},
		{"a token without a scheme", "Authorization: " + lessonToken + "\r\n", noToken},
		{"a scheme without a token", "Authorization: Bearer\r\n", noToken},
		{"a scheme and a folded line of nothing", "Authorization: Bearer\r\n \r\n", noToken},
		{"the same header twice", bearer + bearer, several},
		{"two schemes", "Authorization: Basic dGVzdDp0ZXN0\r\n" + bearer, several},
		{"a token in quotes", "Authorization: Bearer \"" + lessonToken + "\"\r\n", malformed},
		{"two Bearers", "Authorization: Bearer Bearer " + lessonToken + "\r\n", malformed},
		{"a space in the header", "Authorization: Bearer " + lessonToken[:9] + " " + lessonToken[9:] + "\r\n", malformed},
		{"a zero-width space before the token", "Authorization: Bearer \u200b" + lessonToken + "\r\n", malformed},
	} {
		inBubble(t, test.name, func(t *testing.T) {
			conn := serveInMemory(t, newHandler([]byte(lessonSecret))).dial(t, postTo+test.headers+"\r\n")
			what := "POST /verify-token with " + test.name
			check(t, what, readAnswer(t, what, conn), test.want)
		})
	}
}

// TestOnlyTheHeaderCounts sends tokens everywhere else, one of them in a form in the body.
func TestOnlyTheHeaderCounts(t *testing.T) {
	const form = "access_token=" + lessonToken
	for authorization, want := range map[string]answer{"": noToken, "Bearer " + foreignToken: forged, "bearer " + lessonToken: mock} {
		body := strings.NewReader(form)
		r := httptest.NewRequest("POST", "/verify-token?"+form, body)
		r.Header = http.Header{"Authorization": {authorization}, "Cookie": {form}, "Content-Type": {"application/x-www-form-urlencoded"}}
		what := fmt.Sprintf("POST /verify-token with tokens in query, cookie and form, and Authorization %q", authorization)
		check(t, what, do(lessonSecret, r), want)
		if body.Len() < len(form) {
			t.Errorf("%s: the handler read the body, want it left alone", what)
		}
	}
}

// TestForgedToken has tokens that were not signed with the server's secret. Nothing else
// that is wrong with them may show: the signature comes first.
func TestForgedToken(t *testing.T) {
	header, rest, _ := strings.Cut(lessonToken, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	last := len(lessonToken) - 1
	for _, test := range []struct {
		name, token string
		want        answer
	}{
		{"no dots", "hunter2", malformed},
		{"two parts", mockUnsigned, malformed},
		{"an empty fourth part", lessonToken + ".", malformed},
		{"padding", lessonToken + "=", malformed},
		{"the standard base64 alphabet", lessonToken[:last-1] + "+/", malformed},
		{"stray bits", lessonToken[:last] + "l", malformed},
		{"no signature", mockUnsigned + ".", forged},
		{"the payload of another token", header + "." + base64url(foreignPayload) + "." + signature, forged},
		{"another secret", longToken, forged},
		{"HS384", hs384Token, forged},
		{"alg none", base64url(`{"alg":"none"}`) + "." + payload + ".", forged},
		{"a crit", hs256Token(`{"alg":"HS256","crit":["exp"]}`, `{}`, "other"), forged},
		{"exp passed", hs256Token(hs256, `{"exp":1}`, "other"), forged},
		{"an aud", hs256Token(hs256, `{"aud":"me"}`, "other"), forged},
		{"an array as payload", hs256Token(hs256, `[]`, "other"), forged},
		{"a payload that is no JSON", hs256Token(hs256, `hello`, "other"), forged},
		{"a deeply nested payload", hs256Token(hs256, strings.Repeat(`{"a":[`, 1500), "other"), forged},
		{"a header not in base64url", "!." + payload + "." + signature, malformed},
		{"a payload not in base64url", header + ".!." + signature, malformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			check(t, "POST /verify-token with a forged token: "+test.name, post(lessonSecret, "Bearer "+test.token), test.want)
		})
	}
}

// TestForgedTokenIsNotDecoded counts allocations, which must not depend on the content.
func TestForgedTokenIsNotDecoded(t *testing.T) {
	allocations := func(header, payload string) float64 {
		token := hs256Token(header, payload, "other")
		return testing.AllocsPerRun(20, func() { post(lessonSecret, "Bearer "+token) })
	}
	nested := strings.Repeat(`{"a":[`, 500) + strings.Repeat(`]}`, 500)
	empty, header, payload := allocations(`{}`, `{}`), allocations(nested, `{}`), allocations(`{}`, nested)
	if max(header, payload) > empty+20 { // the race detector makes the numbers vary a little
		t.Errorf("POST /verify-token with a forged token: %v allocations with a deeply nested header and %v with such a payload, want %v as with none", header, payload, empty)
	}
}

// TestEveryCharacterCounts changes, drops and adds each character of a valid token.
func TestEveryCharacterCounts(t *testing.T) {
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.,;~%\\\"' \t\u00a0"
	checkStatus := func(token string, want int) {
		if got := post(lessonSecret, "Bearer "+token).StatusCode; got != want {
			t.Errorf("POST /verify-token with %q in place of %q: status %d, want %d", token, lessonToken, got, want)
		}
	}
	logged := captureLog(t)
	checkStatus(lessonToken, 200)
	for i := range lessonToken {
		before, character, after := lessonToken[:i], lessonToken[i:i+1], lessonToken[i+1:]
		checkStatus(before+after, 401)
		for _, c := range characters {
			if string(c) != character {
				checkStatus(before+string(c)+after, 401)
			}
			checkStatus(before+character+string(c)+after, 401)
		}
	}
	if logged.Len() > 0 {
		t.Errorf("POST /verify-token logs %.200q, want no token in the log", logged)
	}
}

func TestSignedToken(t *testing.T) {
	for _, test := range []struct {
		name, header, payload string
		want                  answer
	}{
		{"no claims", hs256, `{}`, accepted(`{}`)},
		{"members in no order, one of them twice", hs256, `{"z":{"x":1},"a":{"c":[{},[null]],"b":true},"z":{"y":2}}`, accepted(`{"a":{"b":true,"c":[{},[null]]},"z":{"y":2}}`)},
		{"exp twice", hs256, `{"exp":1,"exp":1e11}`, accepted(`{"exp":1e11}`)},
		{"exp twice, passed", hs256, `{"exp":1e11,"exp":1}`, expired},
		{"text", hs256, `{"name":"Zoë 東京 <b>&amp;</b> \u00eb\/\n"}`, accepted(`{"name":"Zoë 東京 <b>&amp;</b> ë/\n"}`)},
		{"numbers", hs256, `{"n":9007199254740993,"m":1.10,"h":-1E+400}`, accepted(`{"h":-1E+400,"m":1.10,"n":9007199254740993}`)},
		{"white space", hs256, " \r\n\t{ \"id\" : 1 } \n", accepted(`{"id":1}`)},
		{"other claims", hs256, `{"iss":"me","sub":7,"jti":null,"iat":1e11}`, accepted(`{"iat":1e11,"iss":"me","jti":null,"sub":7}`)},
		{"claims in capitals", hs256, `{"EXP":1,"NBF":1e11,"AUD":"me"}`, accepted(`{"AUD":"me","EXP":1,"NBF":1e11}`)},
		{"other parameters", `{"kid":"1","alg":"HS256","typ":"at+jwt","ALG":"none","CRIT":[]}`, `{}`, accepted(`{}`)},
		{"alg none", `{"alg":"none"}`, `{}`, algNone},
		{"alg HS384", `{"alg":"HS384"}`, `{}`, otherAlg},
		{"alg hs256", `{"alg":"hs256"}`, `{}`, unknownAlg},
		{"no alg", `{"typ":"JWT"}`, `{}`, noAlg},
		{"alg an array", `{"alg":["HS256"]}`, `{}`, noAlg},
		{"crit", `{"alg":"HS256","crit":["exp"],"exp":1}`, `{}`, critical},
		{"crit null", `{"alg":"HS256","crit":null}`, `{}`, critical},
		{"an array as header", `["HS256"]`, `{}`, badHeader},
		{"a header not in UTF-8", "{\"alg\":\"HS256\",\"kid\":\"\xff\"}", `{}`, badHeader},
		{"a null payload", hs256, ` null`, badPayload},
		{"an array", hs256, `[{"id":1}]`, badPayload},
		{"two objects", hs256, `{"id":1}{"id":2}`, badPayload},
		{"a payload not in UTF-8", hs256, "{\"id\":\"\xff\"}", badPayload},
		// These are at the second 946684800, where the clock of a synctest bubble starts.
		{"exp in a second with a fraction", hs256, `{"exp":946684801.75}`, accepted(`{"exp":946684801.75}`)},
		{"exp at the end of the year 9999", hs256, `{"exp":253402300799}`, accepted(`{"exp":253402300799}`)},
		{"exp now with a fraction", hs256, `{"exp":946684800.75}`, expired},
		{"exp 0", hs256, `{"exp":0}`, expired},
		{"exp before 1970", hs256, `{"exp":-1e15}`, expired},
		{"exp a string", hs256, `{"exp":"99999999999"}`, badExp},
		{"exp in the year 10000", hs256, `{"exp":253402300800}`, farExp},
		{"exp in milliseconds", hs256, `{"exp":1700000000000}`, farExp},
		{"nbf before 1970", hs256, `{"nbf":-253402300799}`, accepted(`{"nbf":-253402300799}`)},
		{"nbf far ahead", hs256, `{"nbf":1e15}`, early},
		{"nbf a string", hs256, `{"nbf":"1"}`, badNbf},
		{"nbf too far before 1970", hs256, `{"nbf":-253402300800}`, farNbf},
		{"an aud", hs256, `{"aud":"me"}`, audience},
		{"aud null", hs256, `{"aud":null}`, audience},
	} {
		inBubble(t, test.name, func(t *testing.T) {
			token := hs256Token(test.header, test.payload, lessonSecret)
			check(t, "POST /verify-token with a signed token: "+test.name, post(lessonSecret, "Bearer "+token), test.want)
		})
	}
}

func TestExpAndNbfPass(t *testing.T) {
	inBubble(t, "a second each", func(t *testing.T) {
		const payload = `{"exp":946684802,"nbf":946684801}`
		for second, want := range []answer{early, accepted(payload), expired} {
			res := post(lessonSecret, "Bearer "+hs256Token(hs256, payload, lessonSecret))
			check(t, fmt.Sprintf("POST /verify-token in second %d, with nbf in second 1 and exp in second 2", second), res, want)
			<-time.After(time.Second)
		}
	})
}

// TestDatesOverflow has dates that golang-jwt turns into others, which differ from machine
// to machine. It may call them expired or not valid yet; if it does not, they are out of range.
func TestDatesOverflow(t *testing.T) {
	for _, date := range []string{"1e19", "-1e19", "9.3e18", "-9.3e18", "-9.2e18", "1e400", "-1e400"} {
		for name, wants := range map[string][2]answer{"exp": {farExp, expired}, "nbf": {farNbf, early}} {
			res := post(lessonSecret, "Bearer "+hs256Token(hs256, `{"`+name+`":`+date+`}`, lessonSecret))
			if got := read(t, res); got != wants[0] && got != wants[1] {
				t.Errorf("POST /verify-token with %s %s: %+v, want one of %+v", name, date, got, wants)
			}
		}
	}
}

func TestKnownToken(t *testing.T) {
	check(t, "POST /verify-token with openssl's token", post(`4inK]I+X+;n2+g"*>AMQc{p99)9DB@a@`, "Bearer "+foreignToken), accepted(foreignClaims))
	key, err := base64.RawURLEncoding.DecodeString("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
	if err != nil {
		t.Fatal("decoding the key of RFC 7515:", err)
	}
	check(t, "POST /verify-token with the token of RFC 7515", post(string(key), "Bearer "+rfcToken), expired)
	check(t, "POST /verify-token with a padded header", post(lessonSecret, "Bearer "+sign(base64url(hs256)+"=.e30", lessonSecret)), malformed)
	check(t, "POST /verify-token with a padded payload", post(lessonSecret, "Bearer "+sign(base64url(hs256)+"."+base64url(hs256)+"=", lessonSecret)), malformed)
}

func TestRoutes(t *testing.T) {
	for request, want := range map[string]string{ // a status and the Allow header
		"POST /sign-token":      "405 GET, HEAD",
		"GET /verify-token":     "405 POST",
		"GET /":                 "404 ",
		"POST /verify-token/id": "404 ",
		"GET /.env":             "404 ",
	} {
		method, path, _ := strings.Cut(request, " ")
		res := do(lessonSecret, httptest.NewRequest(method, path, nil))
		if got := fmt.Sprint(res.StatusCode, " ", res.Header.Get("Allow")); got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}

func TestRun(t *testing.T) {
	example, err := os.ReadFile(".env.example")
	if err != nil {
		t.Fatal(err)
	}
	const warning = "warning: JWT_SECRET is shorter than 32 bytes, the minimum for HS256 (RFC 7518 §3.2)\n"
	for _, test := range []struct {
		name, dotenv string
		env          []string
		secret, log  string
	}{
		{"a secret in .env", "JWT_SECRET=" + longSecret + "\n" + anyPort, nil, longSecret, ""},
		{"a secret in single quotes", "JWT_SECRET='4 $mall #words and a \"quote\", 32 bytes'\n" + anyPort, nil, `4 $mall #words and a "quote", 32 bytes`, ""},
		{"the secret of .env.example", string(example), []string{anyPort}, lessonSecret, warning},
		{"the environment alone", "", []string{"JWT_SECRET=" + longSecret, anyPort}, longSecret, ""},
		{"the environment and .env", "JWT_SECRET=other\nADDR=nonsense", []string{"JWT_SECRET=" + longSecret, anyPort}, longSecret, ""},
		{"a secret of 31 bytes", "", []string{"JWT_SECRET=" + longSecret[1:], anyPort}, longSecret[1:], warning},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolate(t, test.dotenv, test.env...)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			addr, before, ended := start(t, func() error { return run(ctx) })
			if !strings.HasSuffix(before, test.log) || test.log == "" && before != "" {
				t.Errorf("run with %s logs %q before it listens, want %q", test.name, before, test.log)
			}
			res, err := http.Get("http://" + addr + "/sign-token")
			if err != nil {
				t.Fatalf("GET /sign-token as soon as the log says that it listens: %v", err)
			}
			check(t, "GET /sign-token with "+test.name, res, answer{200, `{"token":"` + sign(mockUnsigned, test.secret) + `"}`, ""})
			stop()
			if err := <-ended; err != nil {
				t.Errorf("run with %s ends with %v, want no error after a stop", test.name, err)
			}
		})
	}
}

func TestRunRefusesToStart(t *testing.T) {
	const notSet = "JWT_SECRET is not set: set it in a file named .env in the directory where you start the server " +
		"(copy .env.example if there is no .env yet), and unset an empty JWT_SECRET in the shell, which overrides the file"
	const badFile = ".env is unreadable or malformed: it must be UTF-8 without a byte order mark " +
		"(Windows editors may add a mark or write UTF-16), with lines like NAME=value and every quote closed"
	badAddr := func(addr string) string {
		if ln, err := net.Listen("tcp", addr); err == nil { // else it is no address, or taken already
			t.Cleanup(func() { ln.Close() })
		}
		_, err := net.Listen("tcp", addr)
		return fmt.Sprintf("cannot listen on %q: %v; to use another address, set ADDR, for example ADDR=localhost:5050", addr, err)
	}
	for _, test := range []struct {
		name, dotenv string
		env          []string
		want         string
	}{
		{"nothing set", "", nil, notSet},
		{"an empty secret in .env", "JWT_SECRET=\n" + anyPort, nil, notSet},
		{"an empty secret in the environment", "JWT_SECRET=hunter2", []string{"JWT_SECRET=", anyPort}, notSet},
		{"a malformed .env beside the environment", "hunter2\n", []string{"JWT_SECRET=hunter2", anyPort}, badFile},
		{"a byte order mark", "\ufeffJWT_SECRET=hunter2", []string{anyPort}, badFile},
		{"UTF-16", "\xff\xfeJ\x00W\x00T\x00", []string{"JWT_SECRET=hunter2", anyPort}, badFile},
		{"a port alone", "JWT_SECRET=hunter2\nADDR=5050", nil, badAddr("5050")},
		{"the default address, taken", "JWT_SECRET=hunter2", nil, badAddr("localhost:5000")},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolate(t, test.dotenv, test.env...)
			captureLog(t) // the warning of a short secret
			ctx, stop := context.WithCancel(t.Context())
			stop() // so that run returns at once if it does start
			if err := run(ctx); err == nil || err.Error() != test.want {
				t.Errorf("run with %s: error %v, want %s", test.name, err, test.want)
			}
		})
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
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			isolate(t, "", "JWT_SECRET="+longSecret, anyPort)
			_, _, ended := start(t, func() error { main(); return nil })
			if err := self.Signal(signal); err != nil {
				t.Fatal("sending the signal:", err)
			}
			if err := <-ended; err != nil {
				t.Errorf("main ends with %v after %v, want no error", err, signal)
			}
		})
	}
}

// TestMain lets this test binary be the program, for the tests that need a process.
func TestMain(m *testing.M) {
	if os.Getenv("JWT_DEMO_TEST") == "main" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestProcessFailsToStart(t *testing.T) {
	cmd := program(t, "JWT_SECRET='hunter2\n")
	out, err := cmd.CombinedOutput()
	code, line := cmd.ProcessState.ExitCode(), string(out)
	if code != 1 || strings.Index(line, "\n") != len(line)-1 || !strings.Contains(line, ".env is") || strings.Contains(line, "hunter2") {
		t.Errorf("exit code %d (%v), output %q with a malformed .env, want 1 and one line that names .env and does not quote it", code, err, line)
	}
}

// TestProcessEndsOnSecondSignal has a silent client, for which the first signal waits.
func TestProcessEndsOnSecondSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals to send")
	}
	cmd := program(t, "", "JWT_SECRET="+longSecret, anyPort)
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal("starting the program:", err)
	}
	addr, _ := listening(t, bufio.NewReader(stderr))
	silent, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal("connecting:", err)
	}
	defer silent.Close()
	if res, err := http.Get("http://" + addr); err != nil || res.Body.Close() != nil { // the silent client was accepted before
		t.Fatal("GET /:", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for { // again, because a signal that comes too soon after the first may still count as the first
		cmd.Process.Signal(syscall.SIGTERM) // a shell may have made SIGINT an ignored signal
		select {
		case err := <-ended:
			if err == nil || err.Error() != "signal: terminated" {
				t.Errorf("the program ended with %v after two signals, want signal: terminated", err)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestServeFinishesOpenRequests(t *testing.T) {
	inBubble(t, "for 4 seconds", func(t *testing.T) {
		server := serveInMemory(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			<-time.After(4 * time.Second)
			w.WriteHeader(http.StatusTeapot)
		}))
		conn := server.dial(t, getToken)
		synctest.Wait()
		server.stop()
		synctest.Wait()
		if server.open.Err() == nil {
			t.Error("serve still listens after a stop, want it to accept no more connections")
		}
		if res := readAnswer(t, "the open request", conn); res.StatusCode != http.StatusTeapot {
			t.Errorf("the open request got status %d, want the handler's %d", res.StatusCode, http.StatusTeapot)
		}
		if err := <-server.ended; err != nil {
			t.Errorf("serve returned %v after a stop, want no error", err)
		}
	})
}

func TestServeFails(t *testing.T) {
	inBubble(t, "on a closed listener", func(t *testing.T) {
		closed, cancel := context.WithCancel(t.Context())
		cancel()
		err := serve(t.Context(), &memoryServer{open: closed, close: cancel}, http.NotFoundHandler())
		if want := "serve: " + net.ErrClosed.Error(); err == nil || err.Error() != want {
			t.Errorf("serve on a closed listener: error %v, want %s", err, want)
		}
	})
}

func TestLimits(t *testing.T) {
	const halfHeader, halfBody = "GET /sign-token HTTP/1.1\r\nHost: loc", postTo + "Content-Length: 9\r\n\r\n1"
	for _, test := range []struct {
		name, sent, got string
		stop, closed    time.Duration
	}{
		{"a silent client", "", "", 0, 10 * time.Second},
		{"half a second header", getToken + halfHeader, "HTTP/1.1 200 ", 0, 10 * time.Second},
		{"half a body", halfBody, "HTTP/1.1 401 ", 0, 10 * time.Second},
		{"an idle client", getToken, "HTTP/1.1 200 ", 0, time.Minute},
		{"headers over 20 KiB", postTo + "X: " + strings.Repeat("x", 20<<10) + "\r\n\r\n", "HTTP/1.1 431 ", 0, 0},
		{"a stop with a silent client", "", "", time.Second, 6 * time.Second},
		{"a stop with half a body", halfBody, "", time.Second, 6 * time.Second},
		{"a stop with an idle client", getToken, "HTTP/1.1 200 ", time.Second, time.Second},
	} {
		inBubble(t, test.name, func(t *testing.T) {
			start, server := time.Now(), serveInMemory(t, newHandler([]byte(lessonSecret)))
			conn := server.dial(t, test.sent)
			if test.stop > 0 {
				time.AfterFunc(test.stop, server.stop)
			}
			got, err := io.ReadAll(conn)
			if test.stop > 0 && err == nil {
				err = <-server.ended
			}
			// net/http closes some connections half a second after the answer.
			if took := time.Since(start); took != test.closed && took != test.closed+500*time.Millisecond || err != nil || !strings.HasPrefix(string(got), test.got) {
				t.Errorf("%s: got %.20q, %v, and closed after %v, want %q, closed after %v", test.name, got, err, took, test.got, test.closed)
			}
		})
	}
}

func TestClientThatDoesNotRead(t *testing.T) {
	logged := captureLog(t)
	inBubble(t, "a long answer", func(t *testing.T) {
		token := hs256Token(hs256, `{"text":"`+strings.Repeat("x", 10<<10)+`"}`, lessonSecret)
		conn := serveInMemory(t, newHandler([]byte(lessonSecret))).dial(t, postTo+"Authorization: Bearer "+token+"\r\n\r\n")
		synctest.Wait()
		start := time.Now()
		_, err := io.WriteString(conn, "more") // waits until the server closes the connection
		if took := time.Since(start); took != 15*time.Second || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("a client that does not read: %v after %v, want %v after 15s", err, took, io.ErrClosedPipe)
		}
	})
	if got, want := logged.String(), "write response: write pipe: i/o timeout\n"; !strings.Contains(got, want) {
		t.Errorf("a client that does not read: log %q, want %q", got, want)
	}
}

func TestManyConnections(t *testing.T) {
	inBubble(t, "5,000", func(t *testing.T) {
		server := serveInMemory(t, newHandler([]byte(lessonSecret)))
		for i := range 5000 {
			readAnswer(t, fmt.Sprint("connection ", i), server.dial(t, getToken))
		}
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		if inUse := memory.HeapInuse + memory.StackInuse; inUse > 200<<20 {
			t.Errorf("%d MiB in use with 5,000 connections open, want under 200", inUse>>20)
		}
	})
}

// FuzzAuthorization sends any Authorization header. Only a right signature may be accepted.
func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "Basic dGVzdDp0ZXN0", "Bearer .", "Bearer ..", "Bearer " + lessonToken, "bEARER   " + lessonToken,
		"Bearer " + lessonToken[:len(lessonToken)-1] + "l", "Bearer " + longToken, "Bearer " + lessonToken + "." + lessonToken,
		"Bearer " + hs256Token(hs256, `{"exp":1e11,"nbf":0}`, lessonSecret), "Bearer " + hs256Token(`{"alg":"none"}`, `{}`, lessonSecret),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authorization string) {
		if strings.ContainsAny(authorization, "\r\n") || fuzzed(t, authorization) == nil {
			return // net/http lets no line break into a header
		}
		token := strings.TrimLeft(authorization[len("Bearer "):], " ")
		if want := sign(token[:strings.LastIndex(token, ".")], lessonSecret); token != want {
			t.Errorf("POST /verify-token with %q: status 200, though the HMAC makes it %s", authorization, want)
		}
	})
}

// FuzzSigned has the right signature on anything, which FuzzAuthorization never guesses.
func FuzzSigned(f *testing.F) {
	for _, payload := range []string{
		`{}`, `null`, `[]`, `1`, `{"exp":0}`, `{"exp":1e11}`, `{"exp":"1e11"}`, `{"nbf":1e19}`, `{"aud":null}`, `{"n":1e400}`,
		`{"a":{"b":[1.10,"\u2028"]}}`, ` {} `, `{}{}`, "{\"a\":\"\xff\"}", `{"a":1,"a":2}`, `{"s":"\ud800"}`,
	} {
		f.Add(hs256, payload)
	}
	for _, header := range []string{`{"alg":"none"}`, `{"alg":"HS512"}`, `{"alg":"HS256","crit":[]}`, `{}`, `null`, `[]`, ``} {
		f.Add(header, `{}`)
	}
	f.Fuzz(func(t *testing.T, header, payload string) {
		user := fuzzed(t, "Bearer "+hs256Token(header, payload, lessonSecret))
		if user == nil {
			return
		}
		var parameters map[string]any
		err := json.Unmarshal([]byte(header), &parameters)
		if _, crit := parameters["crit"]; err != nil || parameters["alg"] != "HS256" || crit || !utf8.ValidString(header) {
			t.Errorf("header %q: status 200, want an object in UTF-8 with alg HS256 and without crit", header)
		}
		var want, got map[string]any
		if err := decode([]byte(payload), &want); err != nil || want == nil || !utf8.ValidString(payload) {
			t.Errorf("payload %q: status 200, want a JSON object in UTF-8", payload)
		}
		if err := decode(user, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("payload %q: user %s, want the claims as they were signed", payload, user)
		}
	})
}

// decode decodes data as JSON, with its numbers as they are written.
func decode(data []byte, v any) error {
	if !json.Valid(data) {
		return errors.New("not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(v)
}

// fuzzed returns the user of an accepted token, and reports an answer that is neither 200
// with a user nor 401 with an err.
func fuzzed(t *testing.T, authorization string) (user json.RawMessage) {
	got := read(t, post(lessonSecret, authorization))
	var body map[string]json.RawMessage
	err := json.Unmarshal([]byte(got.body), &body)
	name := map[int]string{200: "user", 401: "err"}[got.status]
	if err != nil || len(body) != 1 || body[name] == nil || !utf8.ValidString(got.body) {
		t.Fatalf("POST /verify-token with %q: %v, want 200 with a user or 401 with an err", authorization, got)
	}
	return body["user"]
}

// The benchmarks time a whole request without the network (handler) beside the call of
// golang-jwt that it is about (bare). Compare the two, as a ratio of their times and in
// allocs/op: the times themselves differ from machine to machine.

func BenchmarkSignToken(b *testing.B) {
	b.Run("handler", func(b *testing.B) { benchmark(b, newHandler([]byte(lessonSecret)), "GET", "/sign-token") })
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			jwt.NewWithClaims(jwt.SigningMethodHS256, user{ID: 1, Username: "test", Password: "test"}).SignedString([]byte(lessonSecret))
		}
	})
}

func BenchmarkVerifyToken(b *testing.B) {
	b.Run("handler", func(b *testing.B) { benchmark(b, newHandler([]byte(lessonSecret)), "POST", "/verify-token") })
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			jwt.Parse(lessonToken, func(*jwt.Token) (any, error) { return []byte(lessonSecret), nil })
		}
	})
}

func benchmark(b *testing.B, handler http.Handler, method, path string) {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Authorization", "Bearer "+lessonToken)
	w := httptest.NewRecorder()
	w.Body = nil // so that only the handler allocates
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(w, r)
	}
}

const (
	hs256    = `{"alg":"HS256","typ":"JWT"}` // the header of an HS256 token
	getToken = "GET /sign-token HTTP/1.1\r\nHost: localhost\r\n\r\n"
	postTo   = "POST /verify-token HTTP/1.1\r\nHost: localhost\r\n" // more headers to follow
	anyPort  = "ADDR=127.0.0.1:0"
)

// hs256Token returns a token of any header and payload, made without golang-jwt.
func hs256Token(header, payload, secret string) string {
	return sign(base64url(header)+"."+base64url(payload), secret)
}

// sign returns the token of a header and a payload that are encoded already.
func sign(unsigned, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, unsigned)
	return unsigned + "." + base64url(string(mac.Sum(nil)))
}

func base64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// post sends POST /verify-token with this Authorization header through newHandler.
func post(secret, authorization string) *http.Response {
	r := httptest.NewRequest("POST", "/verify-token", nil)
	r.Header.Set("Authorization", authorization)
	return do(secret, r)
}

func do(secret string, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	newHandler([]byte(secret)).ServeHTTP(w, r)
	return w.Result()
}

// check reports where an answer of the two routes is not as it should be.
func check(t *testing.T, what string, res *http.Response, want answer) {
	t.Helper()
	if got := read(t, res); got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
	if got, want := res.Header.Get("Content-Type")+", "+res.Header.Get("Cache-Control"), "application/json, no-store"; got != want {
		t.Errorf("%s: Content-Type, Cache-Control %q, want %q", what, got, want)
	}
}

func read(t *testing.T, res *http.Response) answer {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error("reading the body:", err)
	}
	return answer{res.StatusCode, strings.TrimSuffix(string(body), "\n"), strings.Join(res.Header.Values("WWW-Authenticate"), "\n")}
}

// isolate runs the rest of the test in a directory that is empty but for a .env of that
// text, if any, with neither JWT_SECRET nor ADDR in the environment but as given.
func isolate(t *testing.T, dotenv string, env ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if dotenv != "" {
		if err := os.WriteFile(".env", []byte(dotenv), 0o600); err != nil {
			t.Fatal("writing .env:", err)
		}
	}
	for _, variable := range append([]string{"JWT_SECRET", "ADDR"}, env...) {
		name, value, set := strings.Cut(variable, "=")
		t.Setenv(name, value) // puts the old value back after the test
		if !set {
			os.Unsetenv(name)
		}
	}
}

// program returns the program as a command, isolated with that .env and environment.
func program(t *testing.T, dotenv string, env ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal("finding the test binary:", err)
	}
	isolate(t, dotenv, append(env, "JWT_DEMO_TEST=main", "GOCOVERDIR="+t.TempDir())...)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, path) // killed if it hangs
}

// captureLog returns what is logged until the test ends.
func captureLog(t *testing.T) *bytes.Buffer {
	var buffer bytes.Buffer
	log.SetOutput(&buffer)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	return &buffer
}

// start calls f, which is run or main, in the background. It returns the address at which f
// listens, what f logs before that, and how f ends: an error also if f logs more, or hangs.
func start(t *testing.T, f func() error) (addr, before string, ended chan error) {
	t.Helper()
	r, w := io.Pipe()
	log.SetOutput(w)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	time.AfterFunc(3*time.Second, func() { w.CloseWithError(errors.New("still running after 3 seconds")) })
	go func() { w.CloseWithError(f()) }()
	logged, ended := bufio.NewReader(r), make(chan error, 1)
	addr, before = listening(t, logged)
	go func() {
		after, err := io.ReadAll(logged)
		if stopping := "stopping: waiting up to 5 seconds for open requests to finish\n"; !strings.HasSuffix(string(after), stopping) || strings.Count(string(after), "\n") > 1 {
			err = fmt.Errorf("log %q and error %v", after, err)
		}
		ended <- err
	}()
	return addr, before, ended
}

// listening returns the address at which a server says that it listens, and what it logs before.
func listening(t *testing.T, logged *bufio.Reader) (addr, before string) {
	t.Helper()
	for {
		line, err := logged.ReadString('\n')
		if err != nil {
			t.Fatalf("the server does not listen, but logs %q and ends with %v", before+line, err)
		}
		if _, addr, ok := strings.Cut(strings.TrimSpace(line), " listening on http://"); ok {
			return addr, before
		}
		before += line
	}
}

// inBubble runs f as a subtest in a synctest bubble.
func inBubble(t *testing.T, name string, f func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

// memoryServer is a call of serve in a synctest bubble, and its listener. The connections
// are in memory, because a bubble's time stands still while a goroutine waits for a real one.
type memoryServer struct {
	conns       chan net.Conn
	open        context.Context // done when the listener is closed
	close, stop context.CancelFunc
	ended       chan error // what serve returned, then closed
}

func serveInMemory(t *testing.T, handler http.Handler) *memoryServer {
	ctx, stop := context.WithCancel(t.Context())
	open, closeListener := context.WithCancel(t.Context())
	s := &memoryServer{make(chan net.Conn), open, closeListener, stop, make(chan error, 1)}
	go func() {
		s.ended <- serve(ctx, s, handler)
		close(s.ended)
	}()
	t.Cleanup(func() { <-s.ended; <-time.After(time.Second) }) // t.Context is done; net/http can take half a second more
	return s
}

func (s *memoryServer) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.open.Done():
		return nil, net.ErrClosed
	}
}

func (s *memoryServer) Close() error   { s.close(); return nil }
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

// readAnswer returns the next answer on conn.
func readAnswer(t *testing.T, what string, conn net.Conn) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: no answer: %v", what, err)
	}
	return res
}
