package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
)

// user is the payload that is signed here. Its registered claims (exp and so on) are left empty, and so left out.
type user struct {
	ID       int    `json:"id"`
	Username string `json:"username"`
	Password string `json:"password"` // a warning: anyone can read a payload, so never put a password there
	jwt.RegisteredClaims
}

var mockUser = &user{ID: 1, Username: "test", Password: "test"}

// newHandler returns the two routes, with secret as the key that signs and verifies (RFC 7518 §3.2).
func newHandler(secret []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-token", signToken(secret))
	mux.HandleFunc("POST /verify-token", verifyToken(secret))
	return mux
}

// signToken returns the handler that answers with a token for the mock user.
func signToken(secret []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		// The error is always nil: a []byte is the key that HS256 wants, and the mock user has a JSON form.
		token, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, mockUser).SignedString(secret)
		writeJSON(w, http.StatusOK, answer{Token: token})
	}
}

// verifyToken returns the handler that answers with the payload of the Authorization
// header's token where it is valid, and else with a refusal (RFC 6750 §3.1).
func verifyToken(secret []byte) http.HandlerFunc {
	// The algorithm is our choice, never the token's (RFC 8725 §3.1), and base64url has one spelling for each token.
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithStrictDecoding())
	key := func(token *jwt.Token) (any, error) {
		if _, ok := token.Header["crit"]; ok {
			return nil, errCrit
		}
		// encoding/json lets null through, and what is not UTF-8 (RFC 7519 §7.2), and encoding/base64 line breaks.
		p := token.Claims.(*payload)
		header, _ := parser.DecodeSegment(token.Raw[:strings.Index(token.Raw, ".")])
		if p.signed == nil || !utf8.Valid(p.signed) || !utf8.Valid(header) || strings.ContainsAny(token.Raw, "\r\n") {
			return nil, jwt.ErrTokenMalformed
		}
		return secret, nil
	}
	return func(w http.ResponseWriter, r *http.Request) {
		var p payload
		_, err := request.ParseFromRequest(r, request.BearerExtractor{}, key, request.WithParser(parser), request.WithClaims(&p))
		switch {
		case len(r.Header.Values("Authorization")) > 1:
			refuse(w, http.StatusBadRequest, `, error="invalid_request"`, "more than one Authorization header")
		// With a space behind the scheme, BearerExtractor finds an empty token where there is none.
		case strings.EqualFold(strings.TrimSpace(r.Header.Get("Authorization")), "Bearer"),
			errors.Is(err, request.ErrNoTokenInRequest):
			refuse(w, http.StatusUnauthorized, "", "no bearer token in the Authorization header")
		case err != nil:
			refuse(w, http.StatusUnauthorized, `, error="invalid_token"`, reason(err))
		default:
			writeJSON(w, http.StatusOK, answer{User: p.signed})
		}
	}
}

// errCrit refuses a token that depends on extensions: none is understood here (RFC 7515 §4.1.11).
var errCrit = errors.New("token has a crit header, and no extension is understood")

// reason returns the sentence for a token that golang-jwt refused with err, whose own text can name Go types.
func reason(err error) string {
	for _, cause := range []error{errCrit, jwt.ErrTokenMalformed, jwt.ErrSignatureInvalid, jwt.ErrTokenExpired,
		jwt.ErrTokenNotValidYet, jwt.ErrTokenInvalidAudience, jwt.ErrInvalidType} {
		if errors.Is(err, cause) {
			return cause.Error()
		}
	}
	return "token is not signed with the algorithm HS256"
}

// payload is a token's claims set: decoded for golang-jwt to check, and as it was signed for the answer.
type payload struct {
	jwt.MapClaims
	signed json.RawMessage
}

// UnmarshalJSON decodes a JSON object, with its numbers exact, and refuses any other value (RFC 7519 §7.2).
func (p *payload) UnmarshalJSON(data []byte) error {
	p.signed = bytes.Clone(data)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(&p.MapClaims)
}

// Validate checks, once the signature has proved right, what golang-jwt leaves open.
func (p *payload) Validate() error {
	// This server is nobody's audience (RFC 7519 §4.1.3).
	if _, ok := p.MapClaims["aud"]; ok {
		return jwt.ErrTokenInvalidAudience
	}
	// golang-jwt cuts off the fraction of nbf, and wraps 1e19 around into the past (RFC 7519 §4.1.5).
	nbf, _ := p.MapClaims["nbf"].(json.Number)
	if seconds, _ := nbf.Float64(); seconds > float64(time.Now().UnixMicro())/1e6 {
		return jwt.ErrTokenNotValidYet
	}
	return nil
}

// answer is the body of every answer. One member is set.
type answer struct {
	Token string          `json:"token,omitempty"`
	User  json.RawMessage `json:"user,omitempty"`
	Err   string          `json:"err,omitempty"`
}

// refuse answers with the challenge of RFC 6750 §3, which ends in code, and says why.
func refuse(w http.ResponseWriter, status int, code, why string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="jwt-demo"`+code)
	writeJSON(w, status, answer{Err: why})
}

// writeJSON answers with body, which no cache may keep (RFC 6749 §5.1).
func writeJSON(w http.ResponseWriter, status int, body answer) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // a payload goes back as it was signed
	encoder.Encode(body)         // fails only if the client has gone
}
