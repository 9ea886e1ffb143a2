package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
)

// user is the payload this server signs. Embedding RegisteredClaims makes it a
// jwt.Claims; empty, it adds nothing to the JSON.
type user struct {
	ID       int    `json:"id"`
	Username string `json:"username"`
	Password string `json:"password"` // a bad example: anyone can read a payload, so never put a password in one
	jwt.RegisteredClaims
}

// newHandler returns the handler for both routes, which sign and verify with secret.
func newHandler(secret []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-token", signToken(secret))
	mux.HandleFunc("POST /verify-token", verifyToken(secret))
	return mux
}

// signToken returns the handler that signs a token for the mock user, without a login.
func signToken(secret []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		// To make tokens expire, add this field here, where it is computed for each token:
		//	RegisteredClaims: jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Hour))}
		mockUser := user{ID: 1, Username: "test", Password: "test"}
		token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, mockUser).SignedString(secret)
		if err != nil {
			log.Print("sign token: ", err)
			writeJSON(w, http.StatusInternalServerError, map[string]string{"err": "cannot sign the token"})
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"token": token})
	}
}

// verifyToken returns the handler that verifies the bearer token in the Authorization
// header and returns its claims, or rejects the request (RFC 6750 §3.1).
func verifyToken(secret []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// ExtractToken would read only the first header, and a proxy may have checked another.
		if len(r.Header.Values("Authorization")) > 1 {
			reject(w, http.StatusBadRequest, `, error="invalid_request"`, "more than one Authorization header: send exactly one")
			return
		}
		token, err := request.BearerExtractor{}.ExtractToken(r)
		token = strings.TrimLeft(token, " ") // more than one space may follow the scheme (RFC 6750 §2.1)
		if err != nil || token == "" {
			reject(w, http.StatusUnauthorized, "", "no bearer token: send one in the header Authorization: Bearer <token>")
			return
		}
		claims, err := verify(token, secret)
		if err != nil {
			reject(w, http.StatusUnauthorized, `, error="invalid_token"`, err.Error())
			return
		}
		writeJSON(w, http.StatusOK, map[string]jwt.MapClaims{"user": claims})
	}
}

// parser accepts only HS256: whoever sends a token chooses its alg (RFC 8725 §3.1).
// JSON numbers keep every digit. (As a float64, an exp of 0 would count as none.)
var parser = jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithStrictDecoding(), jwt.WithJSONNumber())

// verify returns the claims of token, or an error that tells the client why the token is
// rejected (RFC 7519 §7.2).
func verify(token string, secret []byte) (jwt.MapClaims, error) {
	if err := authenticate(token, secret); err != nil {
		return nil, err
	}
	// ParseWithClaims verifies a token: its alg, its signature, and its exp and nbf, if any.
	// Most programs need nothing else. It takes a function because a program with several
	// secrets has to choose one. (Here, authenticate would have to choose it, too.)
	claims := jwt.MapClaims{} // a struct would take EXP for exp as well
	parsed, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return secret, nil })
	if err != nil {
		return nil, err
	}
	if err := checkUnsupported(parsed.Header, claims); err != nil {
		return nil, err
	}
	return claims, nil
}

// authenticate checks that token is three base64url parts separated by dots (RFC 7515
// §7.1) and was signed with secret, and only then that its header and payload are JSON
// objects. ParseWithClaims checks the signature too, but it parses the JSON first, and
// anyone can send JSON that is expensive to parse. It checks alg, exp, and nbf as well, so
// authenticate does not replace it.
func authenticate(token string, secret []byte) error {
	parts := strings.SplitN(token, ".", 4) // a fourth part is enough to reject the token
	decoded := make([][]byte, len(parts))
	for i, part := range parts {
		var err error
		if decoded[i], err = parser.DecodeSegment(part); err != nil || len(parts) != 3 {
			return errors.New("token is malformed: it must be three base64url parts separated by dots, " +
				"without quotes or spaces, after a single Bearer")
		}
	}
	if err := jwt.SigningMethodHS256.Verify(parts[0]+"."+parts[1], decoded[2], secret); err != nil {
		return errors.New("signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET")
	}
	// ParseWithClaims also accepts a payload that is null, that has text after the object, or
	// that is not UTF-8.
	for i, name := range []string{"header", "payload"} {
		text := string(decoded[i])
		if !utf8.ValidString(text) || !json.Valid(decoded[i]) || !strings.HasPrefix(strings.TrimSpace(text), "{") {
			return errors.New(name + " is not a JSON object in UTF-8")
		}
	}
	return nil
}

// checkUnsupported rejects what ParseWithClaims accepts but this server does not support.
func checkUnsupported(header map[string]any, claims jwt.MapClaims) error {
	// crit lists extensions that the server would have to support (RFC 7515 §4.1.11).
	if _, ok := header["crit"]; ok {
		return errors.New("token header must not contain crit: this server supports no extensions")
	}
	// aud names the services that the token is for (RFC 7519 §4.1.3). A service with a name
	// checks it with jwt.WithAudience instead.
	if _, ok := claims["aud"]; ok {
		return errors.New("token must not contain aud: this server accepts only tokens without an audience")
	}
	// Dates in milliseconds would be far ahead, and even larger ones overflow in golang-jwt.
	const lastSecond = 253402300799 // 9999-12-31T23:59:59Z
	for _, name := range []string{"exp", "nbf"} {
		date, _ := claims[name].(json.Number)
		// Without a date, seconds is 0. If the date does not fit, seconds is ±Inf.
		if seconds, _ := date.Float64(); seconds > lastSecond {
			return errors.New(name + " is after the year 9999: it must be in seconds since 1970, not in milliseconds")
		} else if seconds < -lastSecond {
			return errors.New(name + " is too far before 1970: it must be in seconds since 1970, not in milliseconds")
		}
	}
	return nil
}

// reject sends a response with status, a WWW-Authenticate challenge, and the reason. The
// challenge ends with errorParam, which is empty if there was no token (RFC 6750 §3.1).
func reject(w http.ResponseWriter, status int, errorParam, reason string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="jwt-demo"`+errorParam)
	writeJSON(w, status, map[string]string{"err": reason})
}

// writeJSON sends a response with status and with body as JSON. No cache may store it
// (RFC 6749 §5.1).
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // leave <, >, and & as they are
	if err := encoder.Encode(body); err != nil {
		log.Print("write response: ", err)
	}
}
