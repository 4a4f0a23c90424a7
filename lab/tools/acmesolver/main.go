// Acmesolver answers one HTTP-01 challenge. cert-manager starts it in a pod, with what to answer in its flags.
package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	logf.InitLogs()
	defer logf.FlushLogs()
	var challenge solver.HTTP01Solver
	flag.IntVar(&challenge.ListenPort, "listen-port", 8089, "the port to listen on")
	flag.StringVar(&challenge.Domain, "domain", "", "the domain that is being validated")
	flag.StringVar(&challenge.Token, "token", "", "the last part of the path that is asked for")
	flag.StringVar(&challenge.Key, "key", "", "the answer")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = challenge.Shutdown(context.Background())
	}()
	if err := challenge.Listen(logf.Log); err != nil && !errors.Is(err, http.ErrServerClosed) {
		logf.Log.Error(err, "ended")
		os.Exit(1)
	}
}
