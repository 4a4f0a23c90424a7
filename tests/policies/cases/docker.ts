import type { Case } from "../cases.js";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
export const container = (name: string, value: unknown, isBroken: boolean): Case => [
  "docker-container",
  { [`/container/properties/${name}`]: value },
  isBroken,
];
export const dockerfile = (inline: string, isBroken: boolean): Case => [
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
];
