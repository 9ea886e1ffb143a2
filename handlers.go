package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
)

// server signs and verifies tokens with secret.
type server struct {
	secret []byte
}

// newHandler returns the handler for both routes.
func newHandler(secret []byte) http.Handler {
	s := server{secret: secret}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-token", s.signToken)
	mux.HandleFunc("POST /verify-token", s.verifyToken)
	return mux
}

// signToken responds with a token for a mock user. A real server would check a password first.
func (s server) signToken(w http.ResponseWriter, r *http.Request) {
	claims := jwt.MapClaims{
		"id":       1,
		"username": "test",
		"password": "test", // a bad example: anyone who gets a token can read its claims
		// To make tokens expire, uncomment the next line, and WithExpirationRequired in parser.
		// "exp": time.Now().Add(time.Hour).Unix(),
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.secret)
	if err != nil {
		log.Print("sign token: ", err)
		writeJSON(w, http.StatusInternalServerError, map[string]any{"err": "cannot sign the token"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"token": token})
}

// verifyToken responds with the claims of the request's token. To protect another route,
// begin its handler in the same way: the return keeps everyone else out.
func (s server) verifyToken(w http.ResponseWriter, r *http.Request) {
	claims, err := s.authenticate(r)
	if err != nil {
		unauthorized(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"user": claims})
}

// parser verifies tokens. Each option makes it stricter than golang-jwt's default.
var parser = jwt.NewParser(
	// Accept only HS256. Otherwise, the token's header could choose HS384 or HS512 (RFC 8725 §3.1).
	jwt.WithValidMethods([]string{"HS256"}),
	// Accept only one spelling of a signature. Otherwise, its last character could be changed.
	jwt.WithStrictDecoding(),
	// Keep every digit of a number. Claims that are numbers are json.Number, not float64.
	jwt.WithJSONNumber(),
	// Reject tokens that never expire. For this, signToken must add exp.
	// jwt.WithExpirationRequired(),
)

// authenticate verifies the token in the header "Authorization: Bearer TOKEN" and returns
// its claims, or an error if there is no valid token.
func (s server) authenticate(r *http.Request) (jwt.MapClaims, error) {
	token, err := request.BearerExtractor{}.ExtractToken(r)
	if err != nil {
		return nil, err
	}

	// ParseWithClaims verifies the token: its alg, its signature (it calls s.key for the
	// secret), and its exp and nbf, if it has them. It puts the token's payload into claims.
	claims := jwt.MapClaims{}
	parsed, err := parser.ParseWithClaims(token, claims, s.key)
	if err != nil {
		return nil, err
	}

	// The signature is valid. golang-jwt leaves the following checks to its callers
	// (RFC 7515 §4.1.11, RFC 7519 §4.1.3).
	if _, ok := parsed.Header["crit"]; ok {
		return nil, errors.New("token requires extensions (crit), but this server has none")
	}
	if _, ok := claims["aud"]; ok {
		return nil, errors.New("token is for an audience (aud), but this server has no name to compare it with")
	}
	exp, _ := claims.GetExpirationTime() // no error: ParseWithClaims has checked exp
	if exp != nil && exp.After(time.Now().AddDate(1000, 0, 0)) {
		return nil, errors.New("exp is more than 1,000 years away: it must be in seconds since 1970, not in milliseconds")
	}
	return claims, nil
}

// key returns the secret to ParseWithClaims, which takes a function because the key can depend
// on the token. To accept an old secret too, return both in a jwt.VerificationKeySet. Neither
// may be empty: anyone can sign with an empty secret.
func (s server) key(*jwt.Token) (any, error) {
	return s.secret, nil
}

// unauthorized responds with 401, the reason, and the challenge that a 401 must have. The
// challenge contains an error code only if the request has a token (RFC 6750 §3.1).
func unauthorized(w http.ResponseWriter, err error) {
	challenge := `Bearer realm="jwt-demo", error="invalid_token"`
	reason := err.Error()
	switch {
	case errors.Is(err, request.ErrNoTokenInRequest):
		challenge = `Bearer realm="jwt-demo"`
		reason = "no bearer token: send the header Authorization: Bearer TOKEN"
	case errors.Is(err, jwt.ErrTokenMalformed):
		reason += " (a token is three base64url parts separated by dots, without quotes or spaces; the first two are JSON objects)"
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		reason += " (the token was changed, or it was not signed with HS256 and this server's JWT_SECRET)"
	}
	w.Header().Set("WWW-Authenticate", challenge)
	writeJSON(w, http.StatusUnauthorized, map[string]any{"err": reason})
}

// writeJSON responds with status and with body as JSON.
func writeJSON(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // keep tokens out of caches
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print("write response: ", err)
	}
}
