package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"

	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
)

// userClaims is the payload of the tokens that this server signs. A token from another program can
// hold any claims, so authenticate returns a map.
type userClaims struct {
	UserID   int    `json:"id"` // not ID: that would hide RegisteredClaims.ID (jti)
	Username string `json:"username"`
	Password string `json:"password"` // a bad example: anyone who gets a token can read it

	jwt.RegisteredClaims // makes this a jwt.Claims, with optional claims such as exp: claims.ExpiresAt = jwt.NewNumericDate(t)
}

// server holds what the handlers share.
type server struct {
	secret []byte // signs and verifies tokens
}

// newHandler returns the handler for all routes. The secret in s must not be empty.
func newHandler(s server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-token", s.signToken)
	mux.HandleFunc("POST /verify-token", s.protect(s.verifyToken))
	return mux
}

// signToken gives anyone a token for a mock user, so add no claim that grants rights, such as a role.
// A real server would check a password first, and let tokens expire.
func (s server) signToken(w http.ResponseWriter, r *http.Request) {
	claims := userClaims{UserID: 1, Username: "test", Password: "test"}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.secret)
	if err != nil {
		log.Printf("sign token: %v", err)
		writeJSON(w, http.StatusInternalServerError, map[string]string{"err": "cannot sign the token"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"token": token})
}

// verifyToken responds with the claims of the token in the request.
func (s server) verifyToken(w http.ResponseWriter, r *http.Request, claims jwt.MapClaims) {
	writeJSON(w, http.StatusOK, map[string]any{"user": claims})
}

// A claimsHandler handles a request with a valid token. It is not an http.HandlerFunc, so a route
// that forgets protect does not compile. Other handlers are public. A claim can be missing, a
// json.Number, or of any other type: use username, ok := claims["username"].(string).
type claimsHandler func(w http.ResponseWriter, r *http.Request, claims jwt.MapClaims)

// protect returns a handler that calls next if the request has a valid token, and responds with 401
// if it does not.
func (s server) protect(next claimsHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		claims, err := s.authenticate(r)
		if err != nil {
			writeUnauthorized(w, err)
			return
		}
		next(w, r, claims)
	}
}

// authenticate verifies the token in "Authorization: Bearer TOKEN", and returns its claims.
func (s server) authenticate(r *http.Request) (jwt.MapClaims, error) {
	tokenString, err := request.BearerExtractor{}.ExtractToken(r)
	if err != nil {
		return nil, err
	}
	// ParseWithClaims fills claims, which must not be nil. Then it verifies the signature, with the
	// secret that key returns, and the times in exp and nbf, if there are any.
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(tokenString, claims, s.key,
		// A token names its own algorithm, so its sender chose it. Accept only ours.
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		// Accept one spelling of a token. By default, the last character of the signature can vary.
		jwt.WithStrictDecoding(),
		// Numbers become json.Number: float64 would lose digits, and exp 0 would never expire.
		jwt.WithJSONNumber(),
	)
	if err != nil {
		return nil, err // not claims: they can be forged
	}
	// golang-jwt ignores crit, which lists extensions that a server must support (RFC 7515, section
	// 4.1.11). This server supports no extension.
	if _, ok := token.Header["crit"]; ok {
		return nil, jwt.ErrTokenUnverifiable
	}
	// By default, golang-jwt also ignores aud, which lists the services that a token is for. A server
	// must reject tokens meant for others (RFC 7519, section 4.1.3).
	if _, ok := claims["aud"]; ok {
		return nil, jwt.ErrTokenInvalidAudience
	}
	return claims, nil
}

// key returns the secret that verifies tokens. It must never be empty, as from a variable that is not
// set, or for an unknown kid: anyone can sign with an empty secret. To accept several, return a
// jwt.VerificationKeySet{Keys: []jwt.VerificationKey{a, b}}.
func (s server) key(*jwt.Token) (any, error) { return s.secret, nil }

// writeUnauthorized responds with 401, the reason, and a challenge, which has an error code only if
// the request has a token (RFC 6750, section 3.1).
func writeUnauthorized(w http.ResponseWriter, err error) {
	challenge := `Bearer realm="jwt-demo", error="invalid_token"`
	reason := "token is invalid"
	switch {
	case errors.Is(err, request.ErrNoTokenInRequest):
		challenge = `Bearer realm="jwt-demo"`
		reason = "no bearer token: send the header Authorization: Bearer TOKEN"
	case errors.Is(err, jwt.ErrTokenMalformed):
		reason = "token is malformed: it must be three base64url parts separated by dots (two JSON objects and a signature), without quotes or spaces around it"
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		reason = "token signature is invalid: the token was changed, or it was not signed with HS256 and this server's JWT_SECRET"
	case errors.Is(err, jwt.ErrTokenUnverifiable): // an unknown alg, crit, or an error from key
		reason = "token cannot be verified: its header must have the alg HS256, and nothing that this server does not support, such as crit"
	case errors.Is(err, jwt.ErrTokenExpired):
		reason = "token is expired: the time in exp, in seconds since 1970, has passed"
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		reason = "token is not valid yet: the time in nbf, in seconds since 1970, is in the future"
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		reason = "token is for an audience (aud) that is not this server"
	case errors.Is(err, jwt.ErrInvalidType):
		reason = "token has a claim of the wrong type: exp and nbf, for example, must be numbers, in seconds since 1970"
	default: // any other error, as from a check that you add: its text is for the log, not the client
		log.Printf("verify token: %v", err)
	}
	w.Header().Set("WWW-Authenticate", challenge)
	writeJSON(w, http.StatusUnauthorized, map[string]string{"err": reason})
}

// writeJSON responds with status, and with body as JSON.
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // keep tokens out of caches
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Printf("write response: %v", err)
	}
}
