import { type Case, each } from "./case.js";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const container = (name: string, value: unknown, isBroken: boolean): Case => [
  "docker-container",
  { [`/container/properties/${name}`]: value },
  isBroken,
];
const dockerfile = (inline: string, isBroken: boolean): Case => [
  "docker-image",
  { "/base": { type: "docker-build:index:Image", properties: { dockerfile: { inline } } } },
  isBroken,
];
const guarded = "no-new-privileges:true";

/** Ways to say no-new-privileges, by Docker's own reading. */
const options: [options: string[], isBroken: boolean][] = [
  [["no-new-privileges"], false],
  [["no-new-privileges=true"], false],
  [["no-new-privileges:1"], false],
  [["no-new-privileges:false"], true],
  [["no-new-privileges=0"], true],
  [["no-new-privileges-x"], true],
  [[guarded, "seccomp=profile.json", "apparmor=docker-default", "label=type:container_t"], false],
  [[guarded, "seccomp=unconfined"], true],
  [[guarded, "seccomp:unconfined"], true],
  [[guarded, "apparmor=unconfined"], true],
  [[guarded, "systempaths=unconfined"], true],
  [[guarded, "label=disable"], true],
];

export const dockerCases: readonly Case[] = [
  ...options.map(([given, isBroken]): Case => container("securityOpts", given, isBroken)),
  ...["00", "0:10001", "+0", "-0", "root:root"].map((user): Case => container("user", user, true)),
  ...["10", "1000:0", "rooty", "web"].map((user): Case => container("user", user, false)),
  ...["ALL", "all", "CAP_ALL", "Cap_All"].map((drop): Case => container("capabilities", { drops: [drop] }, false)),
  container("capabilities", { drops: ["ALLOW"] }, true),
  container("capabilities", { drops: ["ALL"], adds: ["cap_net_bind_service"] }, false),
  container("capabilities", { drops: ["ALL"], adds: ["NET_BIND_SERVICE_X"] }, true),
  ...["/var", "/run/containerd", "/var/run/docker.sock", "/home/me/.docker/docker.sock", "//"].map(
    (hostPath): Case => container("volumes", [{ hostPath, containerPath: "/x" }], true),
  ),
  ...["/srv/data", "/var/lib/data"].map(
    (hostPath): Case => container("volumes", [{ hostPath, containerPath: "/x" }], false),
  ),
  container("volumes", [{ volumeName: "data", containerPath: "/x" }], false),
  container("memory", 1, false),
  container("ports", [{ internal: 80, ip: "::1" }], false),
  dockerfile(`FROM node@${digest} AS Build\nFROM build`, false),
  dockerfile(`FROM node@${digest}\nCOPY --from=nginx:1.29 /etc/nginx /etc/nginx`, true),
  dockerfile(`FROM node@${digest}\nCOPY --chown=1:1 --from=nginx:1.29 /a /b`, true),
  dockerfile(`FROM node@${digest}\nCOPY --from=nginx@${digest} /a /b`, false),
  dockerfile(`FROM node@${digest} AS build\nFROM scratch\nCOPY --from=build /a /b`, false),
  dockerfile(`FROM node@${digest}\nFROM scratch\nCOPY --from=0 /a /b`, false),
  dockerfile("FROM 0", true),
  dockerfile(`FROM node@${digest}\nCOPY --chown=1:1 --from=nginx /a /b\nCOPY a b`, true),
  dockerfile("# FROM node:22\nFROM scratch", false),
  dockerfile(`FROM scratch\n${"#".repeat(65_600)}\nFROM node:22`, false),
  dockerfile(" from node:22 as build", true),
  [
    "docker-image",
    { "/base": { type: "docker-build:index:Image", properties: { buildArgs: { CLONE: "https://u:secret@host/x" } } } },
    true,
  ],
  [
    "docker-image",
    { "/base": { type: "docker-build:index:Image", properties: { buildArgs: { CLONE: null } } } },
    false,
  ],
  [
    "docker-image",
    { "/x": { type: "docker:index/remoteImage:RemoteImage", properties: { name: "web", build: { context: "." } } } },
    false,
  ],
  ...each(["pidMode", "ipcMode", "usernsMode", "networkMode"], name => container(name, "host", true)),
  ...each(["/", "/run", "/var/run/", "/run/podman/podman.sock"], source =>
    container("mounts", [{ type: "bind", source }], true),
  ),
  container("mounts", [{ type: "volume", source: "/" }], false),
  ...each(["", "0.0.0.0", "::", null], ip => container("ports", [{ internal: 80, ip }], true)),
  ...each(["root", "0", "root:x", ":1", undefined], user => container("user", user, true)),
  container("memory", 0, true),
  container(
    "capabilities",
    { drops: ["NET_RAW", "CAP_ALL"], adds: ["NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE"] },
    false,
  ),
  container("capabilities", { drops: ["NET_RAW"] }, true),
  container("securityOpts", ["label=x", "no-new-privileges"], false),
  container("securityOpts", ["label=x"], true),
  container("image", digest, false),
  container("cgroupnsMode", "host", true),
  container("cgroupnsMode", "private", false),
  ...each(["/boot", "/dev/", "/etc", "/lib", "/proc", "//sys/.", "/usr"], source =>
    container("mounts", [{ type: "bind", source }], true),
  ),
  ...each(["/etc/localtime", "/usr/share/zoneinfo", "/opt/etc", "etc"], source =>
    container("mounts", [{ type: "bind", source }], false),
  ),
  container("mounts", [{ type: "tmpfs", source: "/etc" }], false),
  container("devices", [{ hostPath: "/dev/sda" }], true),
  container("devices", [], false),
  container("devices", null, false),
  ...each(
    [
      "ENV DB_PASSWORD=horse",
      "env DB_PASSWORD horse",
      "ENV LANG=C DB_PASSWORD='correct horse'",
      "ARG NPM_TOKEN=abcdef",
      'ENV URL="postgres://app:horse@db/shop"',
    ],
    line => dockerfile(`FROM scratch\n${line}\n`, true),
  ),
  ...each(
    [
      "ENV LANG=C DB_PASSWORD_FILE=/run/secrets/db",
      "ARG NPM_TOKEN",
      "ARG NPM_TOKEN OTHER_TOKEN",
      `RUN ${"x".repeat(10_001)}\nENV LANG=C`,
      "ENV DB_PASSWORD=$OTHER",
      'ENV DB_PASSWORD="${OTHER}"',
      "ENV DB_PASSWORD=",
      "ENV DB_PASSWORD",
      "ENV",
      "# ENV DB_PASSWORD=horse",
      "RUN echo ENV DB_PASSWORD=horse",
      "ENVY DB_PASSWORD=horse",
    ],
    line => dockerfile(`FROM scratch\n${line}\n`, false),
  ),
  dockerfile("FROM scratch", false),
  dockerfile("ARG BASE\nFROM $BASE", false),
  dockerfile(`FROM --platform=linux/amd64 node@${digest} AS build\nFROM build`, false),
  dockerfile("FROM node:22", true),
  ...each<[string, string, string]>(
    [
      ["docker:index/remoteImage:RemoteImage", "build", "buildArg"],
      ["docker:index/registryImage:RegistryImage", "build", "buildArgs"],
    ],
    ([type, build, list]) => [
      "docker-image",
      { "/x": { type, properties: { name: "x", [build]: { [list]: { PASSWORD: "x" } } } } },
      true,
    ],
  ),
  ["docker-image", { "/x": { type: "docker-build:index:Image", properties: { buildArgs: { PASSWORD: "x" } } } }, true],
  [
    "docker-image",
    { "/x": { type: "docker:index/remoteImage:RemoteImage", properties: { name: `x@${digest}` } } },
    false,
  ],
];
