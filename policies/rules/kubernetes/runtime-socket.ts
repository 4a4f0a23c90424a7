import { posix } from "node:path";
import { literal, volumesThat } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";

/** Sockets of container runtimes: docker, containerd, CRI-O, cri-dockerd, k3s, podman. /var/run is a link to /run on every node. */
const sockets = [
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/cri-dockerd.sock",
  "/run/dockershim.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/podman/podman.sock",
];

function exposesSocket(value: unknown): boolean {
  if (typeof value !== "string" || !value.startsWith("/")) return false;
  const path = posix.normalize(`${value}/`).replace(/^\/var\/run\//, "/run/");
  // The directory of a socket, or one above it, gives the socket too.
  return sockets.some(socket => `${socket}/`.startsWith(path) || path === "/var/");
}

export const runtimeSocket = podRule({
  id: "k8s-runtime-socket",
  title: "Pods do not mount the container runtime's socket",
  why: "Whoever can talk to the container runtime can start a privileged container on the node: it is root on the node by one call.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  remediation:
    "Build images with a builder that needs no socket, and read container data from the kubelet's or the CRI's read-only API.",
  reads: ["spec.volumes[*].hostPath.path"],
  overlaps: ["k8s-host-path", "k8s-volume-types"],

  check: ({ spec }) =>
    spec
      .at("volumes")
      .items()
      .flatMap(volume => {
        const path = volume.at("hostPath", "path");
        return flag(
          path,
          exposesSocket,
          `volume ${volume.at("name").shown} must not give access to the container runtime's socket`,
        );
      }),

  admission: {
    of: "pods",
    problems: () => {
      // The API server refuses `..` in a path.
      const parts = 'v.hostPath.path.split("/").filter(part, !(part in ["", "."]))';
      const path = `("/" + ${parts}.map(part, part + "/").join("")).replace("/var/run/", "/run/", 1)`;
      const exposes = `["/var/", ${path}].exists(path, path == ${path} && path == "/var/")
        || ${literal(sockets)}.exists(socket, (socket + "/").startsWith(${path}))`;
      return volumesThat(
        `has(v.hostPath) && v.hostPath.path.startsWith("/") && (${exposes})`,
        "must not give access to the container runtime's socket",
      );
    },
  },

  examples: {
    pass: {},
    fail: {
      "docker's socket": { "/spec/volumes/1": { name: "docker", hostPath: { path: "/var/run/docker.sock" } } },
      "the directory that it is in": { "/spec/volumes/1": { name: "run", hostPath: { path: "/run/containerd/" } } },
      "the whole node": { "/spec/volumes/1": { name: "root", hostPath: { path: "/" } } },
    },
  },
});
