import { posix } from "node:path";

/** Sockets of container runtimes: docker, containerd, CRI-O, cri-dockerd, k0s, k3s, MicroK8s, podman. */
export const runtimeSockets: readonly string[] = [
  "/run/containerd/containerd.sock",
  "/run/cri-dockerd.sock",
  "/run/crio/crio.sock",
  "/run/docker.sock",
  "/run/docker/containerd/containerd.sock",
  "/run/dockershim.sock",
  "/run/k0s/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/podman/podman.sock",
  "/var/snap/microk8s/common/run/containerd.sock",
];

/** /var/run is a link to /run on every node. */
export function realPath(path: string): string {
  return posix.normalize(`${path}/`).replace(/^\/var\/run\//, "/run/");
}

/** What these sockets are called wherever they are: a rootless runtime has its own in its user's directory. */
export function socketNames(sockets: readonly string[]): string[] {
  return [...new Set(sockets.map(socket => posix.basename(socket)))];
}

/** Whether who has this path of a machine has one of these sockets: by its place, by its name, or as part of a directory. */
export function exposesRuntime(path: unknown, sockets: readonly string[] = runtimeSockets): boolean {
  if (typeof path !== "string" || !path.startsWith("/") || sockets.length === 0) return false;
  const real = realPath(path);
  return (
    // The link to /run stands in /var.
    real === "/var/" ||
    sockets.some(socket => realPath(socket).startsWith(real)) ||
    socketNames(sockets).includes(posix.basename(real))
  );
}
