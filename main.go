// Jwt-demo is a minimal HTTP server that signs and verifies JSON Web Tokens (JWTs).
//
//	GET  /sign-token    returns a token for a mock user
//	POST /verify-token  verifies the token in the Authorization header and returns its claims
//
// It reads JWT_SECRET, and optionally ADDR, from the environment or from a file named .env in
// the working directory. The environment overrides the file.
package main

import (
	"cmp"
	"errors"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/joho/godotenv"
)

// minSecretBytes is the shortest secret that RFC 7518, section 3.2, allows for HS256.
const minSecretBytes = 32

func main() {
	secret, addr, err := loadConfig()
	if err != nil {
		log.Fatal(err)
	}
	if len(secret) < minSecretBytes {
		log.Printf("warning: JWT_SECRET has %d bytes: fine for a demo, but anything real needs at least %d random ones", len(secret), minSecretBytes)
	}

	listener, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatalf("%v (to use another address, set ADDR, as in ADDR=localhost:5050)", err)
	}
	log.Printf("listening on http://%s (press Ctrl-C to stop)", listener.Addr())

	srv := &http.Server{
		Handler: newHandler(server{secret: secret}),
		// By default, there are no timeouts, and slow clients can hold connections forever.
		ReadTimeout:  10 * time.Second, // for a request, and for an idle connection
		WriteTimeout: 15 * time.Second, // longer, so that a request whose body never comes still gets a response
	}
	log.Fatal(srv.Serve(listener)) // Serve returns only if it fails.
}

// loadConfig returns the secret and the address to listen on, or an error, as for an empty secret.
func loadConfig() (secret []byte, addr string, _ error) {
	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) { // .env is optional
		// err is left out because it can quote the file, including the secret.
		return nil, "", errors.New("cannot load .env: it must be a readable UTF-8 file without a byte order mark, with lines like NAME=value and every quote closed")
	}
	secret = []byte(os.Getenv("JWT_SECRET"))
	if len(secret) == 0 {
		return nil, "", errors.New("JWT_SECRET is not set: set it in a file named .env in this directory, as in .env.example (an empty JWT_SECRET in the shell overrides the file)")
	}
	// By default, only this machine can connect: the demo gives a token to anyone who asks.
	return secret, cmp.Or(os.Getenv("ADDR"), "localhost:5000"), nil
}
