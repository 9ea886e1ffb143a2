// Jwt-demo is a minimal HTTP server that signs and verifies a JSON Web Token
// (JWT, RFC 7519) with HS256: HMAC-SHA256 and a shared secret.
//
//	GET  /sign-token    returns a token signed for a mock user
//	POST /verify-token  returns the claims of the token in the Authorization header
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
	// After the first signal, stop catching signals: a second one ends the process at once.
	context.AfterFunc(ctx, stop)
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

// run reads the configuration, listens, and serves until ctx is done. An error in the
// configuration says how to fix it.
func run(ctx context.Context) error {
	// A missing .env is fine. The error's own text is left out: it can quote the line with
	// the secret.
	if err := godotenv.Load(); err != nil && !errors.Is(err, os.ErrNotExist) {
		return errors.New(".env is unreadable or malformed: it must be UTF-8 without a byte order mark " +
			"(Windows editors may add a mark or write UTF-16), with lines like NAME=value and every quote closed")
	}
	secret := []byte(os.Getenv("JWT_SECRET"))
	if len(secret) == 0 {
		return errors.New("JWT_SECRET is not set: set it in a file named .env in the directory where you start the server " +
			"(copy .env.example if there is no .env yet); if JWT_SECRET is empty in the shell, unset it there: the shell overrides the file")
	}
	if len(secret) < 32 {
		log.Print("warning: JWT_SECRET is shorter than 32 bytes, the minimum for HS256 (RFC 7518 §3.2)")
	}
	addr := cmp.Or(os.Getenv("ADDR"), "localhost:5000")
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %q: %w; to use another address, set ADDR, for example ADDR=localhost:5050", addr, err)
	}
	log.Printf("listening on http://%s", ln.Addr())
	return serve(ctx, ln, newHandler(secret))
}

// serve handles requests on ln until ctx is done. Then it accepts no more connections,
// gives open requests 5 seconds to finish, and closes the rest. If serving fails before
// that, serve returns the error at once.
func serve(ctx context.Context, ln net.Listener, handler http.Handler) error {
	srv := &http.Server{
		Handler:     handler,
		ReadTimeout: 10 * time.Second,
		// Longer than ReadTimeout because net/http may wait for the rest of a request body
		// before it sends the response.
		WriteTimeout:   15 * time.Second,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 16 << 10, // 16 KiB
	}
	serveErr := make(chan error, 1) // buffered, because nothing receives Serve's error after a shutdown
	go func() { serveErr <- srv.Serve(ln) }()
	select {
	case err := <-serveErr:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Print("stopping: waiting up to 5 seconds for open requests to finish")
	// Not derived from ctx, which is done already.
	shutdownCtx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(shutdownCtx); err != nil {
		log.Print("closing the connections that are still open after 5 seconds: ", err)
		return srv.Close()
	}
	return nil
}
