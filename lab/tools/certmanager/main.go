// Certmanager is cert-manager's controller, webhook and CA injector in one process, for a cluster of one node. Issuers: self-signed, CA
// and ACME. Everything that is a choice in the published programs has their default; what depends on the place comes from the
// environment: POD_NAMESPACE and SOLVER_IMAGE.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"golang.org/x/sync/errgroup"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	logf.InitLogs()
	defer logf.FlushLogs()
	ctrl.SetLogger(logf.Log)
	if err := run(); err != nil {
		logf.Log.Error(err, "ended")
		logf.FlushLogs()
		os.Exit(1)
	}
}

func run() error {
	namespace, solverImage := os.Getenv("POD_NAMESPACE"), os.Getenv("SOLVER_IMAGE")
	if namespace == "" || solverImage == "" {
		return fmt.Errorf("POD_NAMESPACE and SOLVER_IMAGE must be set")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return err
	}

	// One part that ends takes the others with it: the kubelet starts the whole again.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return runController(ctx, namespace, solverImage) })
	group.Go(func() error { return runWebhook(ctx, namespace) })
	group.Go(func() error { return runInjector(ctx, restConfig) })
	return group.Wait()
}
