import { type Case, each, kubernetes } from "./case.js";

const pod = "/web/properties/spec/template";
const volumeOf = (path: string) => ({ [`${pod}/spec/volumes/1`]: { name: "v", hostPath: { path } } });

/** A volume of the cluster, and whether it is a directory of a node. */
const persistentVolumes: [object, boolean][] = [
  [{ hostPath: { path: "/data" } }, true],
  [{ hostPath: {} }, true],
  [{ hostPath: null }, false],
  [{ local: { path: "/mnt/disk" } }, false],
  [{ csi: { driver: "example.com", volumeHandle: "v" } }, false],
];

export const volumeCases: readonly Case[] = [
  ...persistentVolumes.map(
    ([spec, isBroken]): Case => [
      "k8s-host-path",
      { "/x": kubernetes("core/v1", "PersistentVolume", { spec }) },
      isBroken,
    ],
  ),
  ["k8s-host-path", { "/x": kubernetes("core/v1", "PersistentVolumeClaim", { spec: { hostPath: {} } }) }, false],
  ...each(["hostPath", "local"], source => [
    "k8s-runtime-socket",
    { "/x": kubernetes("core/v1", "PersistentVolume", { spec: { [source]: { path: "/var/run/docker.sock" } } }) },
    true,
  ]),
  [
    "k8s-runtime-socket",
    { "/x": kubernetes("core/v1", "PersistentVolume", { spec: { local: { path: "/mnt/disks/ssd1" } } }) },
    false,
  ],
  [
    "k8s-host-path",
    { "/x": kubernetes("core/v1", "PersistentVolume", { spec: { hostPath: {} } }) },
    true,
    { podSecurityLevel: "privileged" },
  ],
  ...each(
    [
      "containerd/containerd",
      "crio/crio",
      "cri-dockerd",
      "dockershim",
      "k3s/containerd/containerd",
      "podman/podman",
      "docker",
    ],
    name => ["k8s-runtime-socket", volumeOf(`/var/run/${name}.sock`), true],
  ),
  ...each(["/var", "/run", "/var/run/", "/run/k3s/../containerd"], path => [
    "k8s-runtime-socket",
    volumeOf(path),
    true,
  ]),
  // Where each socket is, and what it is called elsewhere.
  ...each(
    [
      ...["containerd", "crio", "docker", "docker/containerd", "k0s", "k3s", "k3s/containerd", "podman"].map(
        one => `/run/${one}`,
      ),
      ...["/var/snap", "/var/snap/microk8s/common/run"],
      ...["containerd", "cri-dockerd", "crio", "docker", "dockershim", "podman"].map(one => `/srv/${one}.sock`),
    ],
    path => ["k8s-runtime-socket", volumeOf(path), true],
  ),
  ...each(["/var/run/x/var/run/docker", "/srv/xdocker.sock", "/srv/var/run/docker", "/variable"], path => [
    "k8s-runtime-socket",
    volumeOf(path),
    false,
  ]),
  ...each(["/var/log", "/runner", "relative", "/run/docker.sock.d"], path => [
    "k8s-runtime-socket",
    volumeOf(path),
    false,
  ]),
];
