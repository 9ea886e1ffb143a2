// Jwt-demo is a minimal HTTP server that signs and verifies JSON Web Tokens
// (JWTs, RFC 7519) with HS256: HMAC-SHA256 and one shared secret.
//
//	GET  /sign-token    returns a token for a mock user
//	POST /verify-token  verifies the token in the Authorization header and returns its claims
//
// It reads JWT_SECRET, and optionally ADDR, from the environment or from a file named .env in
// the working directory. The environment overrides the file.
package main

import (
	"errors"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/joho/godotenv"
)

func main() {
	// Load adds the variables in .env to the environment. It is fine if there is no such file.
	// The text of any other error is not logged, because it can quote the secret.
	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Fatal("cannot load .env: it must be a readable UTF-8 file without a byte order mark, with lines like NAME=value and every quote closed")
	}

	secret := []byte(os.Getenv("JWT_SECRET"))
	if len(secret) == 0 {
		log.Fatal("JWT_SECRET is not set: set it in a file named .env in this directory, as in .env.example (an empty JWT_SECRET in the shell overrides the file)")
	}
	if len(secret) < 32 {
		log.Print("warning: JWT_SECRET is shorter than 32 bytes: fine for trying things out, too short for anything real (RFC 7518 §3.2)")
	}

	addr := os.Getenv("ADDR")
	if addr == "" {
		addr = "localhost:5000" // only this machine can connect
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatalf("cannot listen on %s: %v (to use another address, set ADDR, as in ADDR=localhost:5050)", addr, err)
	}
	log.Printf("listening on http://%s (press Ctrl-C to stop)", listener.Addr())

	srv := &http.Server{
		Handler: newHandler(secret),
		// By default, slow clients can hold connections forever, and headers can be up to 1 MiB.
		ReadTimeout:    10 * time.Second, // for idle connections too
		WriteTimeout:   15 * time.Second, // longer, so that a request whose body never comes still gets a response
		MaxHeaderBytes: 8 << 10,          // 8 KiB; net/http adds 4 KiB
	}
	log.Fatal(srv.Serve(listener)) // Serve returns only if it fails; Ctrl-C ends the process at once
}
