package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	secret = "supersecret" // the one in .env.example
	hs256  = `{"alg":"HS256","typ":"JWT"}`
	user   = `{"id":1,"password":"test","username":"test"}`
	// PyJWT: jwt.encode({"id": 1, "password": "test", "username": "test"}, "supersecret", algorithm="HS256")
	token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwicGFzc3dvcmQiOiJ0ZXN0IiwidXNlcm5hbWUiOiJ0ZXN0In0.rpBixgBJ3t_qq91clcxJrY0B6bNSdkbzXp8ln35j0Oc"
	// The signature: printf eyJhbGciOiJIUzM4NCJ9.e30 | openssl dgst -sha384 -hmac supersecret -binary | openssl base64 | tr +/ -_
	hs384Token = "eyJhbGciOiJIUzM4NCJ9.e30.YEw7BBiLWwvqdaHBdcW36bKd_f2VPdIV5T7Ii45CcxbIsweN82C7eaA4MnZXWiy0"
)

var (
	handler = newHandler([]byte(secret)) // under test, and shared by the tests
	logged  strings.Builder              // the log, which TestMain redirects
)

// Example signs a token and verifies it, without a running server.
func Example() {
	r := httptest.NewRequest("GET", "/sign-token", nil)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)

	r = httptest.NewRequest("POST", "/verify-token", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 200 {"token":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6MSwicGFzc3dvcmQiOiJ0ZXN0IiwidXNlcm5hbWUiOiJ0ZXN0In0.rpBixgBJ3t_qq91clcxJrY0B6bNSdkbzXp8ln35j0Oc"}
	// 200 {"user":{"id":1,"password":"test","username":"test"}}
}

func TestRoutes(t *testing.T) {
	for _, test := range []struct {
		method, path string
		status       int
		header, want string
	}{
		{"GET", "/sign-token", 200, "Content-Type", "application/json"},
		{"HEAD", "/sign-token", 200, "Cache-Control", "no-store"},
		{"POST", "/sign-token", 405, "Allow", "GET, HEAD"},
		{"POST", "/verify-token?access_token=" + token, 401, "WWW-Authenticate", `Bearer realm="jwt-demo"`},
		{"GET", "/verify-token", 405, "Allow", "POST"},
		{"GET", "/.env", 404, "WWW-Authenticate", ""},
	} {
		w := send(handler, test.method, test.path, "")
		if got := w.Result().Header.Get(test.header); w.Code != test.status || got != test.want {
			t.Errorf("%s %s: status %d, %s %q, want %d, %q", test.method, test.path, w.Code, test.header, got, test.status, test.want)
		}
	}
}

func TestErrorsAreLogged(t *testing.T) {
	hash := jwt.SigningMethodHS256.Hash
	jwt.SigningMethodHS256.Hash = 0 // golang-jwt cannot sign without a hash function
	defer func() { jwt.SigningMethodHS256.Hash = hash; logged.Reset() }()
	w := send(handler, "GET", "/sign-token", "")
	if got, want := fmt.Sprint(w.Code, " ", w.Body), "500 {\"err\":\"cannot sign the token\"}\n"; got != want {
		t.Errorf("GET /sign-token without a hash function: %swant %s", got, want)
	}
	writeJSON(httptest.NewRecorder(), 200, map[string]any{"user": make(chan int)}) // which has no JSON
	if want := "sign token: the requested hash function is unavailable\nwrite response: json: unsupported type: chan int\n"; logged.String() != want {
		t.Errorf("log\n%.500swant\n%s", &logged, want)
	}
}

func TestVerifyToken(t *testing.T) {
	const (
		noToken   = `{"err":"no bearer token: send the header Authorization: Bearer TOKEN"}`
		malformed = ` (a token is three base64url parts separated by dots, without quotes or spaces; the first two are JSON objects)"}`
		forged    = ` is invalid (the token was changed, or it was not signed with HS256 and this server's JWT_SECRET)"}`
		farExp    = `{"err":"exp is more than 1,000 years away: it must be in seconds since 1970, not in milliseconds"}`
	)
	for _, test := range []struct {
		name, authorization string
		status              int
		want                string // a part of the body
	}{
		{"a valid token", "Bearer " + token, 200, `{"user":` + user + `}`},
		{"the scheme in other letters", "bEARER " + token, 200, `{"user":` + user + `}`},
		{"other claims", bearer(`{"iat":9007199254740993,"b":[1.10,1e400],"a":{"é":null}}`), 200, `{"user":{"a":{"é":null},"b":[1.10,1e400],"iat":9007199254740993}}`},

		{"no header", "", 401, noToken},
		{"another scheme", "Basic " + token, 401, noToken},
		{"no token", "Bearer", 401, noToken},
		{"Bearer twice", "Bearer Bearer " + token, 401, "illegal base64 data at input byte 6" + malformed},
		{"quotes", `Bearer "` + token + `"`, 401, "illegal base64 data at input byte 0" + malformed},

		{"a different secret, and expired", "Bearer " + sign(hs256, `{"exp":1}`, "other"), 401, `"token signature is invalid: signature` + forged},
		{"an empty secret", "Bearer " + sign(hs256, user, ""), 401, `"token signature is invalid: signature` + forged},
		{"no signature", "Bearer " + base64url(hs256) + "." + base64url(user) + ".", 401, `"token signature is invalid: signature` + forged},
		{"alg none", "Bearer " + base64url(`{"alg":"none"}`) + "." + base64url(user) + ".", 401, "signing method none" + forged},
		{"alg HS384", "Bearer " + hs384Token, 401, "signing method HS384" + forged},

		{"crit", "Bearer " + sign(`{"alg":"HS256","crit":["exp"]}`, user, secret), 401, `{"err":"token requires extensions (crit), but this server supports none"}`},
		{"crit null", "Bearer " + sign(`{"alg":"HS256","crit":null}`, user, secret), 401, "(crit)"},
		{"aud", bearer(`{"aud":"me"}`), 401, `{"err":"token has an audience (aud), but this server accepts only tokens without one"}`},
		{"aud null", bearer(`{"aud":null}`), 401, "(aud)"},
		{"exp 0", bearer(`{"exp":0}`), 401, `{"err":"token has invalid claims: token is expired"}`},
		{"exp as text", bearer(`{"exp":"tomorrow"}`), 401, "exp is invalid"},
		{"exp in almost 1,000 years", bearer(fmt.Sprintf(`{"exp":%d}`, time.Now().AddDate(1000, 0, -1).Unix())), 200, `{"user":{"exp":`},
		{"exp in over 1,000 years", bearer(fmt.Sprintf(`{"exp":%d}`, time.Now().AddDate(1000, 0, 1).Unix())), 401, farExp},
		{"exp in milliseconds", bearer(`{"exp":1700000000000}`), 401, farExp},
		{"exp in nanoseconds", bearer(`{"exp":1700000000000000000}`), 401, farExp},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := send(handler, "POST", "/verify-token", test.authorization)
			if body := w.Body.String(); w.Code != test.status || !strings.Contains(body, test.want) || !json.Valid([]byte(body)) {
				t.Errorf("POST /verify-token with %s: status %d, body %swant %d, %s", test.name, w.Code, body, test.status, test.want)
			}
			challenge := ""
			if test.want == noToken {
				challenge = `Bearer realm="jwt-demo"`
			} else if test.status == 401 {
				challenge = `Bearer realm="jwt-demo", error="invalid_token"`
			}
			for name, want := range map[string]string{"WWW-Authenticate": challenge, "Content-Type": "application/json", "Cache-Control": "no-store"} {
				if got := w.Result().Header.Get(name); got != want {
					t.Errorf("POST /verify-token with %s: %s %q, want %q", test.name, name, got, want)
				}
			}
		})
	}
}

// TestExpAndNbf runs in a bubble of testing/synctest, where time is virtual: Sleep moves the
// clock and takes no time.
func TestExpAndNbf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		authorization := bearer(fmt.Sprintf(`{"nbf":%d,"exp":%d}`, start.Unix()+60, start.Unix()+120))
		check := func(after time.Duration, want string) {
			time.Sleep(time.Until(start.Add(after))) // in nanoseconds
			if w := send(handler, "POST", "/verify-token", authorization); !strings.HasPrefix(w.Body.String(), want) {
				t.Errorf("POST /verify-token with nbf in 60 s and exp in 120 s, after %v: %swant %s", after, w.Body, want)
			}
		}
		check(60*time.Second-1, `{"err":"token has invalid claims: token is not valid yet"}`)
		check(60*time.Second, `{"user":{"exp":`)
		check(120*time.Second-1, `{"user":{"exp":`)
		check(120*time.Second, `{"err":"token has invalid claims: token is expired"}`)
	})
}

// TestEveryCharacterCounts drops each character of a valid token, and puts others in its place
// and after it. Of the last character, d, e, and f change only bits that decoding can ignore.
func TestEveryCharacterCounts(t *testing.T) {
	for i := range token {
		for _, c := range []string{"", "A", "0", "d", "e", "f", "-", "_", "=", ".", " "} {
			for _, changed := range []string{token[:i] + c + token[i+1:], token[:i+1] + c + token[i+1:]} {
				if w := send(handler, "POST", "/verify-token", "Bearer "+changed); w.Code != 401 && changed != token {
					t.Fatalf("POST /verify-token with %q at character %d, %s: status %d, want 401", c, i+1, changed, w.Code)
				}
			}
		}
	}
}

// TestStart starts the program by running this test binary again: TestMain then calls main.
func TestStart(t *testing.T) {
	const (
		long    = "0123456789abcdef0123456789abcdef"
		anyPort = "ADDR=127.0.0.1:0"
		listens = "listening on URL (press Ctrl-C to stop)\n"
		warning = "warning: JWT_SECRET is shorter than 32 bytes: fine for trying things out, too short for anything real (RFC 7518 §3.2)\n"
		notSet  = "JWT_SECRET is not set: set it in a file named .env in this directory, as in .env.example (an empty JWT_SECRET in the shell overrides the file)\nexit status 1"
		badFile = "cannot load .env: it must be a readable UTF-8 file without a byte order mark, with lines like NAME=value and every quote closed\nexit status 1"
		badAddr = "cannot listen on nonsense: listen tcp: address nonsense: missing port in address (to use another address, set ADDR, as in ADDR=localhost:5050)\nexit status 1"
	)
	example, _ := os.ReadFile(".env.example") // if it cannot be read, the log says that JWT_SECRET is not set
	for _, test := range []struct {
		name, dotenv string
		env          []string
		log, secret  string // the secret is empty if the program does not start
	}{
		{"no .env", "", []string{anyPort}, notSet, ""},
		{"an empty secret in the environment", "JWT_SECRET=" + long, []string{anyPort, "JWT_SECRET="}, notSet, ""},
		{"an unclosed quote", "JWT_SECRET='" + long, []string{anyPort}, badFile, ""},
		{"a byte order mark", "\ufeffJWT_SECRET=" + long, []string{anyPort}, badFile, ""},
		{"a bad address", "JWT_SECRET=" + long, []string{"ADDR=nonsense"}, badAddr, ""},
		{"all in .env", "JWT_SECRET=" + long + "\n" + anyPort, nil, listens, long},
		{"all in the environment", "", []string{anyPort, "JWT_SECRET=" + long}, listens, long},
		{"a secret in both", "JWT_SECRET=other", []string{anyPort, "JWT_SECRET=" + long}, listens, long},
		{"a secret of 31 bytes", "JWT_SECRET=" + long[1:], []string{anyPort}, warning + listens, long[1:]},
		{".env.example", string(example), []string{anyPort}, warning + listens, secret},
	} {
		output, url, body := start(t, test.dotenv, test.env...)
		if want := strings.Replace(test.log, "URL", url, 1); output != want {
			t.Fatalf("start with %s: log\n%s\nwant\n%s", test.name, output, want)
		}
		if want := `{"token":"` + sign(hs256, user, test.secret) + "\"}\n"; test.secret != "" && body != want {
			t.Errorf("start with %s: GET /sign-token returns %swant %s", test.name, body, want)
		}
	}
	if output, url, _ := start(t, "JWT_SECRET="+long); url != "http://127.0.0.1:5000" && !strings.HasPrefix(output, "cannot listen on localhost:5000: ") {
		t.Errorf("start without ADDR: log\n%s\nwant localhost:5000, or that it is in use", output)
	}
}

// TestProtectedRoute adds a route that needs a token, as the README does.
func TestProtectedRoute(t *testing.T) {
	s, mux := server{secret: []byte("other")}, http.NewServeMux()
	mux.HandleFunc("GET /admin", func(w http.ResponseWriter, r *http.Request) {
		claims, err := s.authenticate(r)
		if err != nil {
			unauthorized(w, err)
			return
		}
		if claims["role"] != "admin" {
			writeJSON(w, http.StatusForbidden, map[string]any{"err": "only for admins"})
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"hello": claims["username"]})
	})
	for claims, want := range map[string]int{
		`{"role":"admin"}`: 200, `{"role":"admin","exp":1}`: 401, `{"role":["admin"]}`: 403, user: 403,
	} {
		if w := send(mux, "GET", "/admin", "Bearer "+sign(hs256, claims, "other")); w.Code != want {
			t.Errorf("GET /admin with the claims %s: status %d, want %d", claims, w.Code, want)
		}
	}
	if w := send(mux, "GET", "/admin", "Bearer "+sign(hs256, `{"role":"admin"}`, secret)); w.Code != 401 {
		t.Errorf("GET /admin with a different secret: status %d, want 401", w.Code)
	}
}

// FuzzVerifyToken signs any header and payload with a different secret, and then with the right one.
func FuzzVerifyToken(f *testing.F) {
	f.Add(hs256, `{"exp":1e400}`)
	f.Add(`{"alg":"HS256","crit":[]}`, `null`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		if w := send(handler, "POST", "/verify-token", "Bearer "+sign(header, payload, "other")); w.Code != 401 {
			t.Errorf("POST /verify-token with a different secret: status %d, want 401", w.Code)
		}
		send(handler, "POST", "/verify-token", "Bearer "+sign(header, payload, secret)) // must not panic
	})
}

// TestMain runs the tests, or main in a process that TestStart has started.
func TestMain(m *testing.M) {
	log.SetFlags(0) // without the time, logs can be compared
	if os.Getenv("JWT_DEMO_TEST") == "main" {
		main()
		return
	}
	log.SetOutput(&logged)
	if code := m.Run(); logged.Len() == 0 {
		os.Exit(code)
	}
	fmt.Printf("FAIL: the handlers log something, which could be a token:\n%.500s\n", &logged)
	os.Exit(1)
}

// start runs the program with that .env file and environment, until it ends or has responded
// to GET /sign-token. It returns what the program logs, the URL in it, and the response.
func start(t *testing.T, dotenv string, env ...string) (output, url, body string) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // ends a program that hangs
	binary, _ := os.Executable()
	program := exec.CommandContext(ctx, binary)
	program.Dir = t.TempDir()
	program.Env = append(env, "JWT_DEMO_TEST=main", "GOCOVERDIR="+program.Dir) // GOCOVERDIR is for go test -cover
	stderr, err := program.StderrPipe()
	if dotenv != "" {
		err = errors.Join(err, os.WriteFile(program.Dir+"/.env", []byte(dotenv), 0o600))
	}
	if err := errors.Join(err, program.Start()); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); program.Wait() }()
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		output += lines.Text() + "\n"
		if _, err := fmt.Sscanf(lines.Text(), "listening on %s", &url); err == nil {
			res, err := http.Get(url + "/sign-token")
			if err != nil {
				t.Fatalf("the program logs\n%sbut GET /sign-token fails: %v", output, err)
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			return output, url, string(b)
		}
	}
	return output + fmt.Sprint(program.Wait()), "", "" // such as "exit status 1"
}

// send sends a request to h and returns the response, whose body ends in a line break.
func send(h http.Handler, method, path, authorization string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Authorization", authorization)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// bearer returns the Authorization header with a token that is signed with secret.
func bearer(payload string) string { return "Bearer " + sign(hs256, payload, secret) }

// sign makes a token from any header and payload, without golang-jwt.
func sign(header, payload, key string) string {
	unsigned := base64url(header) + "." + base64url(payload)
	mac := hmac.New(sha256.New, []byte(key))
	io.WriteString(mac, unsigned)
	return unsigned + "." + base64url(string(mac.Sum(nil)))
}

func base64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
