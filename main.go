// Jwt-demo is a minimal HTTP server that signs and verifies a JSON Web Token
// (JWT, RFC 7519) with a shared secret.
//
//	GET  /sign-token    answers with a token for the mock user
//	POST /verify-token  answers with the payload of the token in the Authorization header
//
// JWT_SECRET is the secret and ADDR the address to listen on. Both come from the
// environment or from a .env file in the working directory.
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
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

// run reads the configuration, listens and serves until ctx is done. It returns
// nil after an orderly stop, and otherwise an error that says what to do about it.
func run(ctx context.Context) error {
	if err := godotenv.Load(); err != nil && !errors.Is(err, os.ErrNotExist) {
		// Not wrapped: godotenv quotes the line at fault, and that is the secret.
		return errors.New(".env is unreadable or malformed: compare it with .env.example")
	}
	secret := []byte(os.Getenv("JWT_SECRET"))
	if len(secret) == 0 {
		return errors.New("JWT_SECRET is missing: copy .env.example to .env (an empty JWT_SECRET in the environment beats .env)")
	}
	if len(secret) < 32 {
		log.Print("warning: JWT_SECRET has under 32 bytes, which is too short for HS256 (RFC 7518 §3.2)")
	}
	addr := cmp.Or(os.Getenv("ADDR"), "localhost:5000")
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %q (set ADDR to choose another address): %w", addr, err)
	}
	log.Printf("listening on http://%s", ln.Addr())
	return serve(ctx, ln, newHandler(secret))
}

// serve answers requests on ln until ctx is done. Then it stops accepting, gives
// the requests under way 5 seconds to be answered, cuts off what is left and
// returns nil. If serving fails before that, it returns the error at once.
func serve(ctx context.Context, ln net.Listener, handler http.Handler) error {
	srv := newServer(handler)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		// ctx is done, so Shutdown waits without it, but no longer than until Close has cut off who stalls.
		time.AfterFunc(5*time.Second, func() { srv.Close() })
		return srv.Shutdown(context.Background())
	}
}

// newServer returns a server for handler with limits on what a slow or greedy client
// can hold on to. By default, net/http limits the headers alone, and them to 1 MiB.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:        handler,
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   15 * time.Second,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
}
