// Jwt-demo is a minimal HTTP server that signs and verifies a JSON Web Token
// (JWT, RFC 7519) with HS256: HMAC-SHA256 and a shared secret.
//
//	GET  /sign-token    answers with a token for the mock user
//	POST /verify-token  answers with the payload of the token in the Authorization header
//
// JWT_SECRET is the secret. ADDR is the address to listen on, localhost:5000 by default.
// Both come from the environment or from a .env file in the working directory; the
// environment overrides the file.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/joho/godotenv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // stop catching signals after the first, so that a second ends the process at once
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

// run reads the configuration, listens, and serves until ctx is done. An error in the
// configuration says how to mend it.
func run(ctx context.Context) error {
	if err := godotenv.Load(); err != nil && !errors.Is(err, os.ErrNotExist) {
		// A missing .env is fine. The error is not wrapped: it can quote the line with the secret.
		return errors.New(".env is unreadable or malformed: it must be UTF-8 without a byte order mark, with lines like NAME=value (Windows editors may write UTF-16 or add a mark)")
	}
	secret := []byte(os.Getenv("JWT_SECRET"))
	if len(secret) == 0 {
		return errors.New("JWT_SECRET is not set: copy .env.example to .env in the directory where you start the server (an empty variable in the environment overrides .env)")
	}
	if len(secret) < 32 {
		log.Print("warning: JWT_SECRET is shorter than 32 bytes, the minimum for HS256 (RFC 7518 §3.2)")
	}
	addr := cmp.Or(os.Getenv("ADDR"), "localhost:5000")
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot use address %q: %w; choose another with ADDR, for example ADDR=localhost:5050", addr, err)
	}
	log.Printf("listening on http://%s", ln.Addr())
	return serve(ctx, ln, newHandler(secret))
}

// serve answers requests on ln until ctx is done. Then it accepts no more connections,
// gives open requests 5 seconds to finish, and closes the rest. If serving fails before
// that, serve returns the error at once.
func serve(ctx context.Context, ln net.Listener, handler http.Handler) error {
	srv := &http.Server{
		Handler:        handler,
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   15 * time.Second,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
	serveErr := make(chan error, 1) // with room for Serve's error after a shutdown, which nobody reads
	go func() { serveErr <- srv.Serve(ln) }()
	select {
	case err := <-serveErr:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	shutdownCtx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(shutdownCtx); err != nil {
		return srv.Close()
	}
	return nil
}
