import type { Case } from "./case.js";

const image = "/web/properties/spec/template/spec/containers/0/image";
const hex = "0123456789abcdef".repeat(4);

const tags: [reference: unknown, isBroken: boolean][] = [
  ["", false],
  ["web", true],
  ["web:latest", true],
  ["web:", true],
  ["shop/web", true],
  ["localhost/web", true],
  ["registry.example.com:5000/web", true],
  ["registry.example.com:5000/shop/web:latest", true],
  ["[2001:db8::1]:5000/web", true],
  ["[2001:db8::1]:5000/web:1", false],
  ["registry.example.com:5000/web:1", false],
  ["web:LATEST", false],
  ["web:latest-alpine", false],
  ["web:1.latest", false],
  [`web@sha256:${hex}`, false],
  [`web:latest@sha256:${hex}`, false],
  [null, false],
  [7, false],
];

const digests: [reference: unknown, isBroken: boolean][] = [
  [`web@sha256:${hex}`, false],
  [`registry.example.com:5000/web:1@sha256:${hex}`, false],
  [`web@sha512:${hex}${hex}`, false],
  [`web@sha512:${hex}`, true],
  [`web@sha256:${hex}${hex}`, true],
  [`web@sha256:${hex.toUpperCase()}`, true],
  [`web@SHA256:${hex}`, true],
  [`web@sha256:${hex}0`, true],
  [`web@sha256:${hex.slice(1)}`, true],
  [`web@sha256:${hex} `, true],
  [`web@sha256:0123@sha256:${hex}`, true],
  [`web@md5:${hex}`, true],
  [`web:sha256-${hex}`, true],
  ["web@", true],
  ["", false],
];

/** With the registry that is frozen, which no image may come from. */
const registries: [reference: string, isBroken: boolean][] = [
  ["k8s.gcr.io/pause:3.9", true],
  ["K8s.GCR.io/pause:3.9", true],
  ["k8s.gcr.io:443/pause:3.9", true],
  [`k8s.gcr.io/coredns/coredns@sha256:${hex}`, true],
  ["k8s.gcr.io:5000/pause:3.9", false],
  ["registry.k8s.io/pause:3.10", false],
  ["docker.io/k8s.gcr.io/pause:3.9", false],
  ["example.com/k8s.gcr.io/pause:3.9", false],
  ["k8s.gcr.io", false],
];

const provenance: [reference: unknown, isBroken: boolean][] = [
  ["nginx", true],
  ["nginx:1.27", true],
  ["nginx@sha256:0123", true],
  ["nginx@", true],
  [`nginx@sha256:${hex}`, false],
  [`nginx:1@sha512:${"0".repeat(128)}`, false],
  ["registry.example.com/web", false],
  ["registry.example.com/web:1.0", true],
  ["built:1", false],
  ["also:2", false],
  ["pulled:1", true],
  [5, false],
];

const builds = {
  "/buildkit": { type: "docker-build:index:Image", properties: { tags: ["built:1", "also:2"] } },
  "/remote": { type: "docker:index/remoteImage:RemoteImage", properties: { name: "pulled:1", imageName: "pulled:1" } },
};

const volume = (given: unknown) => ({
  "/web/properties/spec/template/spec/volumes/1": { name: "models", image: given },
});

export const imageCases: readonly Case[] = [
  ...tags.map(([reference, isBroken]): Case => ["k8s-image-tag", { [image]: reference }, isBroken]),
  ...digests.map(([reference, isBroken]): Case => ["k8s-image-digest", { [image]: reference }, isBroken]),
  ...registries.map(([reference, isBroken]): Case => ["k8s-image-registry", { [image]: reference }, isBroken]),
  ["k8s-image-pull-policy", { [image]: "web:1", [`${image}PullPolicy`]: "Never" }, true],
  ...tags.map(([reference, isBroken]): Case => ["k8s-image-tag", volume({ reference }), isBroken]),
  ...digests.map(([reference, isBroken]): Case => ["k8s-image-digest", volume({ reference }), isBroken]),
  ...registries.map(([reference, isBroken]): Case => ["k8s-image-registry", volume({ reference }), isBroken]),
  ["k8s-image-provenance", volume({ reference: "models:1" }), true],
  ["k8s-image-provenance", volume({ reference: `models@sha256:${hex}` }), false],
  ["k8s-image-pull-policy", volume({ reference: "models:1", pullPolicy: "IfNotPresent" }), true],
  ["k8s-image-pull-policy", volume({ reference: "models:1", pullPolicy: "Always" }), false],
  ["k8s-image-pull-policy", volume({ reference: "models:1" }), false],
  ...["k8s-image-tag", "k8s-image-digest", "k8s-image-registry"].flatMap((id): Case[] => [
    [id, volume({}), false],
    [id, volume(null), false],
  ]),
  ["k8s-image-pull-policy", { [image]: `web@sha256:${hex}`, [`${image}PullPolicy`]: "Never" }, false],
  ...provenance.map(
    ([reference, isBroken]): Case => ["k8s-image-provenance", { ...builds, [image]: reference }, isBroken],
  ),
  ["k8s-image-tag", { [image]: "web:" }, true],
  ["k8s-image-pull-policy", { [image]: "web:1", [`${image}PullPolicy`]: "Always" }, false],
  ["k8s-image-registry", { [image]: "k8s.gcr.io.example.com/x:1" }, false],
];
