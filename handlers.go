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

// newHandler returns the handler for all routes.
func newHandler(secret []byte) http.Handler {
	s := server{secret: secret}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-token", s.signToken)
	mux.HandleFunc("POST /verify-token", s.verifyToken)
	return mux
}

// signToken gives anyone a token for a mock user, so add no claim here that grants rights. A
// real server would check a password first.
func (s server) signToken(w http.ResponseWriter, r *http.Request) {
	claims := jwt.MapClaims{
		"id":       1,
		"username": "test",
		"password": "test", // a bad example: anyone who gets a token can read its claims
		// To make tokens expire, uncomment this and jwt.WithExpirationRequired in parser, below:
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

// verifyToken responds with the claims of a verified token. To protect another route, begin its
// handler with the same five lines (_ for unused claims). Without the return, it serves everyone.
func (s server) verifyToken(w http.ResponseWriter, r *http.Request) {
	claims, err := s.authenticate(r)
	if err != nil {
		unauthorized(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"user": claims})
}

// parser has the options for verifying tokens. They differ from golang-jwt's defaults.
var parser = jwt.NewParser(
	// Accept only HS256 (RFC 8725 §3.1). By default, HS384 and HS512 pass too.
	jwt.WithValidMethods([]string{"HS256"}),
	// Accept only one spelling of a token. By default, its last character can vary.
	jwt.WithStrictDecoding(),
	// Keep every digit of a number, as a json.Number: claims["id"] is json.Number("1"), not 1.
	// By default, numbers are float64, and exp 0 counts as no exp.
	jwt.WithJSONNumber(),
	// To reject tokens without exp, uncomment this and exp in signToken:
	// jwt.WithExpirationRequired(),
)

// authenticate verifies the token in the header "Authorization: Bearer TOKEN" and returns its
// claims, or an error. A claim can be missing, or of any type. In a handler for admins, send 403
// and return if claims["role"] != "admin". A type assertion without ok can panic.
func (s server) authenticate(r *http.Request) (jwt.MapClaims, error) {
	token, err := request.BearerExtractor{}.ExtractToken(r)
	if err != nil {
		return nil, err
	}

	// ParseWithClaims verifies the token: its alg, its signature (it calls s.key for the
	// secret), and its exp and nbf, if it has them. It fills claims, a map, from the payload.
	claims := jwt.MapClaims{}
	parsed, err := parser.ParseWithClaims(token, claims, s.key)
	if err != nil {
		return nil, err
	}

	// golang-jwt leaves crit (RFC 7515 §4.1.11), aud (RFC 7519 §4.1.3), and a far exp to its callers.
	if _, ok := parsed.Header["crit"]; ok {
		return nil, errors.New("token requires extensions (crit), but this server supports none")
	}
	// To require the aud "me", delete this check, and add jwt.WithAudience("me") to parser.
	if _, ok := claims["aud"]; ok {
		return nil, errors.New("token has an audience (aud), but this server accepts only tokens without one")
	}
	exp, _ := claims.GetExpirationTime() // no error: ParseWithClaims has checked exp
	if exp != nil && exp.After(time.Now().AddDate(1000, 0, 0)) {
		return nil, errors.New("exp is more than 1,000 years away: it must be in seconds since 1970, not in milliseconds")
	}
	return claims, nil
}

// key returns the secret that ParseWithClaims verifies a signature with.
func (s server) key(*jwt.Token) (any, error) {
	// To accept an old secret too (never a leaked one), import "os" and uncomment this. Keep the
	// if: an unset variable is an empty secret, and anyone can sign with that.
	// if old := os.Getenv("JWT_OLD_SECRET"); old != "" {
	// 	return jwt.VerificationKeySet{Keys: []jwt.VerificationKey{s.secret, []byte(old)}}, nil
	// }
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
