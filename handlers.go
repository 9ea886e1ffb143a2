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

// user is the payload this server signs. The embedded RegisteredClaims makes user a
// jwt.Claims. Left empty, it adds nothing to the JSON.
type user struct {
	ID       int    `json:"id"`
	Username string `json:"username"`
	Password string `json:"password"` // a bad example: anyone can read a payload, so never put a password in one
	jwt.RegisteredClaims
}

var mockUser = user{ID: 1, Username: "test", Password: "test"}

// newHandler returns the handler for both routes, which sign and verify with secret.
func newHandler(secret []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-token", signToken(secret))
	mux.HandleFunc("POST /verify-token", verifyToken(secret))
	return mux
}

// signToken returns the handler that answers with a token for the mock user.
func signToken(secret []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, mockUser).SignedString(secret)
		if err != nil {
			log.Print("sign token: ", err)
			http.Error(w, "cannot sign the token", http.StatusInternalServerError)
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"token": token})
	}
}

// verifyToken returns the handler that answers with the payload of the bearer token in
// the Authorization header, or refuses the request (RFC 6750 §3.1).
func verifyToken(secret []byte) http.HandlerFunc {
	const challenge = `Bearer realm="jwt-demo"`
	return func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header.Values("Authorization")) > 1 {
			refuse(w, http.StatusBadRequest, challenge+`, error="invalid_request"`, "more than one Authorization header: send exactly one")
			return
		}
		token, err := request.BearerExtractor{}.ExtractToken(r)
		token = strings.TrimLeft(token, " ") // more than one space may follow the scheme (RFC 6750 §2.1)
		if err != nil || token == "" {
			refuse(w, http.StatusUnauthorized, challenge, "no bearer token: send one in the header Authorization: Bearer <token>")
			return
		}
		payload, err := verify(token, secret)
		if err != nil {
			refuse(w, http.StatusUnauthorized, challenge+`, error="invalid_token"`, err.Error())
			return
		}
		writeJSON(w, http.StatusOK, map[string]json.RawMessage{"user": payload})
	}
}

// parser accepts only HS256 (RFC 8725 §3.1) and strict base64url. It decodes numbers as
// json.Number, because golang-jwt ignores an exp of 0 that is a float64.
var parser = jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithStrictDecoding(), jwt.WithJSONNumber())

// verify checks token (RFC 7519 §7.2) and returns its payload as it was signed. The
// error tells the client why the token is refused. Parse decodes the JSON before it
// checks the signature, and a forged token can make that costly. So verify checks the
// signature first, and decodes nothing that was not signed with secret.
func verify(token string, secret []byte) (json.RawMessage, error) {
	header, rest, _ := strings.Cut(token, ".")
	payload, signature, ok := strings.Cut(rest, ".")       // not ok if a dot is missing
	signatureBytes, err := parser.DecodeSegment(signature) // fails if there is a third dot
	if !ok || err != nil {
		return nil, errors.New("token is malformed: it must be three base64url parts joined by dots, without quotes or spaces")
	}
	if err := jwt.SigningMethodHS256.Verify(strings.TrimSuffix(token, "."+signature), signatureBytes, secret); err != nil {
		return nil, errors.New("signature is invalid: it was not made with HS256 and this server's JWT_SECRET, or the token was changed afterwards")
	}
	headerJSON, err := parser.DecodeSegment(header)
	if err != nil || !isObject(headerJSON) {
		return nil, errors.New("header is not a JSON object in UTF-8")
	}
	payloadJSON, err := parser.DecodeSegment(payload)
	if err != nil || !isObject(payloadJSON) {
		return nil, errors.New("payload is not a JSON object in UTF-8")
	}
	parsed, err := parser.Parse(token, func(*jwt.Token) (any, error) { return secret, nil })
	if err != nil {
		return nil, err
	}
	// Parse does not check crit and aud, and dates beyond an int64 overflow in it.
	if _, ok := parsed.Header["crit"]; ok {
		return nil, errors.New("crit is not accepted: this server supports no extensions")
	}
	claims := parsed.Claims.(jwt.MapClaims) // the type that Parse always decodes into
	if _, ok := claims["aud"]; ok {
		return nil, errors.New("aud is not accepted: this server is not the audience the token is meant for")
	}
	for _, name := range []string{"exp", "nbf"} {
		if date, ok := claims[name].(json.Number); ok {
			if seconds, err := date.Float64(); err != nil || seconds < -1e15 || seconds > 1e15 {
				return nil, errors.New(name + " is out of range: it must be within 1e15 seconds of 1970")
			}
		}
	}
	return payloadJSON, nil
}

// isObject reports whether data is exactly one JSON object in UTF-8.
func isObject(data []byte) bool {
	return utf8.Valid(data) && json.Valid(data) && strings.HasPrefix(strings.TrimSpace(string(data)), "{")
}

// refuse answers why a request is refused, with a WWW-Authenticate challenge (RFC 6750 §3).
func refuse(w http.ResponseWriter, status int, challenge, why string) {
	w.Header().Set("WWW-Authenticate", challenge)
	writeJSON(w, status, map[string]string{"err": why})
}

// writeJSON answers with body as JSON, which no cache may store (RFC 6749 §5.1).
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // leave <, > and & as they are
	if err := encoder.Encode(body); err != nil {
		log.Print("write answer: ", err)
	}
}
