package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	testSecret = "supersecret" // as in .env.example
	// jwt.encode({"id": 1, "username": "test", "password": "test", "exp": 9999999999}, "supersecret", algorithm="HS256")
	pyJWTToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwidXNlcm5hbWUiOiJ0ZXN0IiwicGFzc3dvcmQiOiJ0ZXN0IiwiZXhwIjo5OTk5OTk5OTk5fQ.RT3ncmZCIajDnZP4yUb59W5rHQ2y7Q59TLh0v83-5l4"
	// jwt.encode({}, "supersecret", algorithm="HS384")
	pyJWTTokenHS384 = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.e30.sU7V56vnUBOctWq-qhMKUbiEjrNi5CUaHhgNQ7MUjGhqGunHdeAXpZNJGl1iHm74"
	// hs256Header is the header of the tokens that the tests sign.
	hs256Header = `{"alg":"HS256","typ":"JWT"}`
)

// Valid tokens have exp, so that the tests still pass after the changes in README.md.
var (
	testHandler = newHandler(server{secret: []byte(testSecret)})
	validToken  = sign(hs256Header, `{"exp":9999999999,"id":1}`, testSecret)
)

// Example verifies a token, without a running server.
func Example() {
	r := httptest.NewRequest("POST", "/verify-token", nil)
	r.Header.Set("Authorization", "Bearer "+pyJWTToken)
	w := httptest.NewRecorder()
	testHandler.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 {"user":{"exp":9999999999,"id":1,"password":"test","username":"test"}}
}

func TestSignToken(t *testing.T) {
	w := send("GET", "/sign-token", "")
	var body struct{ Token string }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d, body %s; want 200 and a token", w.Code, w.Body)
	}
	if got := w.Result().Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q, want no-store", got)
	}
	w = send("POST", "/verify-token", "Bearer "+body.Token)
	if w.Code != http.StatusOK {
		t.Fatalf("token %q is rejected: %s", body.Token, w.Body)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(body.Token, ".")[1])
	if want := `{"id":1,"username":"test","password":"test"`; err != nil || !strings.HasPrefix(string(payload), want) {
		t.Errorf("payload %s, error %v; it must begin with %s", payload, err, want)
	}
}

func TestRoutes(t *testing.T) {
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"HEAD", "/sign-token", http.StatusOK, ""},
		{"POST", "/sign-token", http.StatusMethodNotAllowed, "GET, HEAD"},
		{"GET", "/verify-token", http.StatusMethodNotAllowed, "POST"},
		{"POST", "/verify-token?access_token=" + validToken, http.StatusUnauthorized, ""},
		{"GET", "/.env", http.StatusNotFound, ""},
	} {
		w := send(test.method, test.path, "")
		if allow := w.Result().Header.Get("Allow"); w.Code != test.status || allow != test.allow {
			t.Errorf("%s %s: status %d, Allow %q; want %d, %q", test.method, test.path, w.Code, allow, test.status, test.allow)
		}
	}
}

func TestVerifyToken(t *testing.T) {
	for _, test := range []struct {
		name, authorization, want string
	}{
		{"a token of PyJWT", "Bearer " + pyJWTToken, `{"user":{"exp":9999999999,"id":1,"password":"test","username":"test"}}`},
		{"scheme in other letters", "bEARER " + validToken, `{"user":{"exp":9999999999,"id":1}}`},
		{"any claims", bearer(`{"exp":9999999999,"n":[9007199254740993,1.10],"role":["é"]}`), `{"user":{"exp":9999999999,"n":[9007199254740993,1.10],"role":["é"]}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkResponse(t, send("POST", "/verify-token", test.authorization), http.StatusOK, test.want, "")
		})
	}
}

func TestVerifyTokenRejects(t *testing.T) {
	const (
		noToken      = "no bearer token: send the header Authorization: Bearer TOKEN"
		malformed    = "token is malformed: it must be three base64url parts separated by dots (two JSON objects and a signature), without quotes or spaces around it"
		forged       = "token signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET"
		unverifiable = "token cannot be verified: its header must have the alg HS256, and nothing that this server does not support, such as crit"
		expired      = "token is expired: the time in exp, in seconds since 1970, has passed"
		wrongType    = "token has a claim of the wrong type: exp and nbf, for example, must be numbers, in seconds since 1970"
		audience     = "token is for an audience (aud) that is not this server"
	)
	parts := strings.Split(validToken, ".")
	for _, test := range []struct {
		name, authorization, want string // want is the reason
	}{
		{"no header", "", noToken},
		{"no scheme", validToken, noToken},
		{"another scheme", "Basic " + validToken, noToken},
		{"no token", "Bearer", noToken},

		{"Bearer twice", "Bearer Bearer " + validToken, malformed},
		{"quotes", `Bearer "` + validToken + `"`, malformed},
		{"two parts", "Bearer " + parts[0] + "." + parts[1], malformed},
		{"payload is not an object", bearer(`[1]`), malformed},
		{"unused bits of the last character", "Bearer " + pyJWTToken[:len(pyJWTToken)-1] + "5", malformed},

		{"changed payload", "Bearer " + parts[0] + "." + base64url(`{"id":2}`) + "." + parts[2], forged},
		{"no signature", "Bearer " + parts[0] + "." + parts[1] + ".", forged},
		{"a different secret, and expired", "Bearer " + sign(hs256Header, `{"exp":1}`, "other"), forged},
		{"an empty secret", "Bearer " + sign(hs256Header, `{"id":1}`, ""), forged},
		{"alg none", "Bearer " + base64url(`{"alg":"none"}`) + "." + parts[1] + ".", forged},
		{"alg HS384", "Bearer " + pyJWTTokenHS384, forged},

		{"alg unknown", "Bearer " + sign(`{"alg":"hs256"}`, `{"id":1}`, testSecret), unverifiable},
		{"crit", "Bearer " + sign(`{"alg":"HS256","crit":["exp"]}`, `{"exp":9999999999}`, testSecret), unverifiable},

		{"exp 0", bearer(`{"exp":0}`), expired},
		{"exp is text", bearer(`{"exp":"9999999999"}`), wrongType},
		{"aud", bearer(`{"aud":"another service","exp":9999999999}`), audience},
		{"aud is null", bearer(`{"aud":null,"exp":9999999999}`), audience},
	} {
		t.Run(test.name, func(t *testing.T) {
			challenge := `Bearer realm="jwt-demo", error="invalid_token"`
			if test.want == noToken {
				challenge = `Bearer realm="jwt-demo"`
			}
			checkResponse(t, send("POST", "/verify-token", test.authorization), http.StatusUnauthorized, `{"err":"`+test.want+`"}`, challenge)
		})
	}
}

// An error that has no case of its own can contain internal details.
func TestUnlistedError(t *testing.T) {
	w := httptest.NewRecorder()
	writeUnauthorized(w, errors.New("an internal detail"))
	checkResponse(t, w, http.StatusUnauthorized, `{"err":"token is invalid"}`, `Bearer realm="jwt-demo", error="invalid_token"`)
}

// TestExpAndNbf runs in a bubble of testing/synctest. Its clock starts at midnight UTC on
// 2000-01-01, which is 946684800, and only Sleep moves it.
func TestExpAndNbf(t *testing.T) {
	authorization := bearer(`{"exp":946684920,"nbf":946684860}`)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for _, step := range []struct {
			sleep time.Duration
			want  string
		}{
			{time.Minute - time.Nanosecond, `{"err":"token is not valid yet: the time in nbf, in seconds since 1970, is in the future"}`},
			{time.Nanosecond, `{"user":{"exp":946684920,"nbf":946684860}}`},
			{time.Minute - time.Nanosecond, `{"user":{"exp":946684920,"nbf":946684860}}`},
			{time.Nanosecond, `{"err":"token is expired: the time in exp, in seconds since 1970, has passed"}`},
		} {
			time.Sleep(step.sleep)
			w := send("POST", "/verify-token", authorization)
			if got := strings.TrimSpace(w.Body.String()); got != step.want {
				t.Errorf("after %v: body %s, want %s", time.Since(start), got, step.want)
			}
		}
	})
}

func TestLoadConfig(t *testing.T) {
	var (
		errNotSet = errors.New("JWT_SECRET is not set: set it in a file named .env in this directory, as in .env.example (an empty JWT_SECRET in the shell overrides the file)")
		errDotenv = errors.New("cannot load .env: it must be a readable UTF-8 file without a byte order mark, with lines like NAME=value and every quote closed")
	)
	example, err := os.ReadFile(".env.example")
	if err != nil {
		t.Fatal(err)
	}
	type vars map[string]string
	for _, test := range []struct {
		name, dotenv string // if dotenv is empty, there is no file
		env          vars   // a variable that is not in it is unset
		secret, addr string
		wantErr      error
	}{
		{"in .env", "JWT_SECRET=hunter2\nADDR=:5050", nil, "hunter2", ":5050", nil},
		{"as in .env.example", string(example), nil, testSecret, "localhost:5000", nil},
		{"in the environment", "", vars{"JWT_SECRET": "hunter2", "ADDR": ":5050"}, "hunter2", ":5050", nil},
		{"in both", "JWT_SECRET=other", vars{"JWT_SECRET": "hunter2"}, "hunter2", "localhost:5000", nil},
		{"nowhere", "", nil, "", "", errNotSet},
		{"empty in .env", "JWT_SECRET=", nil, "", "", errNotSet},
		{"empty in the environment", "JWT_SECRET=hunter2", vars{"JWT_SECRET": ""}, "", "", errNotSet},
		{"unclosed quote", "JWT_SECRET='hunter2", nil, "", "", errDotenv},
		{"byte order mark", "\ufeffJWT_SECRET=hunter2", nil, "", "", errDotenv},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, name := range []string{"JWT_SECRET", "ADDR"} {
				value, ok := test.env[name]
				t.Setenv(name, value) // restores the variable after the test
				if !ok {
					os.Unsetenv(name)
				}
			}
			if test.dotenv != "" {
				if err := os.WriteFile(".env", []byte(test.dotenv), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			secret, addr, err := loadConfig()
			if string(secret) != test.secret || addr != test.addr {
				t.Errorf("secret %q, address %q; want %q, %q", secret, addr, test.secret, test.addr)
			}
			// The whole text, because it must not contain the secret.
			if fmt.Sprint(err) != fmt.Sprint(test.wantErr) {
				t.Errorf("error %v, want %v", err, test.wantErr)
			}
		})
	}
}

// send passes a request to testHandler and returns the response.
func send(method, path, authorization string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	testHandler.ServeHTTP(w, r)
	return w
}

// checkResponse compares a response, whose body ends in a line break, with what a client should get.
func checkResponse(t *testing.T, w *httptest.ResponseRecorder, status int, body, challenge string) {
	t.Helper()
	if w.Code != status || w.Body.String() != body+"\n" {
		t.Errorf("status %d, body %s; want %d, %s", w.Code, w.Body, status, body)
	}
	for name, want := range map[string]string{
		"Content-Type":     "application/json",
		"Cache-Control":    "no-store",
		"WWW-Authenticate": challenge,
	} {
		if got := w.Result().Header.Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
}

// bearer returns an Authorization header with a valid signature for payload.
func bearer(payload string) string { return "Bearer " + sign(hs256Header, payload, testSecret) }

// sign makes a token from any header and payload, without golang-jwt.
func sign(header, payload, secret string) string {
	unsigned := base64url(header) + "." + base64url(payload)
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, unsigned)
	return unsigned + "." + base64url(string(mac.Sum(nil)))
}

func base64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
