import { isBuiltHere, isDigest, parseImage } from "../../image.js";
import { set } from "../../patch.js";
import { flag, type Problem, resourceRule, undetermined } from "../../rule.js";
import { exposesRuntime, realPath } from "../../runtimeSockets.js";
import type { ResourceSubject } from "../../subject.js";
import type { Field } from "../../value.js";

/** As Docker reads them: the colon is its old way to write them. */
const noNewPrivileges = /^no-new-privileges([:=](1|t|T|TRUE|true|True))?$/;
const unconfined = /^((seccomp|apparmor|systempaths)[:=]unconfined|label[:=]disable)$/;

const isTrue = (value: unknown) => value === true;

/** Directories that say what a machine is and does, by the CIS benchmark for Docker. Single files below them are ordinary to mount. */
const systemDirectories = new Set(["/boot/", "/dev/", "/etc/", "/lib/", "/proc/", "/sys/", "/usr/"]);

function namespaceProblems(inputs: Field): Problem[] {
  return ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"].flatMap(name =>
    flag(inputs.at(name), value => value === "host", `must not share its host's namespace: ${name}`),
  );
}

function mountProblems(inputs: Field): Problem[] {
  const mounted = [
    ...inputs
      .at("volumes")
      .items()
      .map(volume => volume.at("hostPath")),
    ...inputs
      .at("mounts")
      .items()
      .filter(mount => mount.at("type").value === "bind")
      .map(mount => mount.at("source")),
  ];
  return mounted.flatMap(path => [
    ...flag(path, value => exposesRuntime(value), "must not mount its host's root or container runtime"),
    ...flag(
      path,
      value => typeof value === "string" && systemDirectories.has(realPath(value)),
      `must not mount its host's ${path.shown}`,
    ),
  ]);
}

/** A device of the host is the host's disk, memory or hardware, past all that confines files. */
function deviceProblems(inputs: Field): Problem[] {
  return inputs
    .at("devices")
    .items()
    .map(device => device.at("hostPath"))
    .flatMap(path => flag(path, value => typeof value === "string", `must not have its host's device ${path.shown}`));
}

function hardeningProblems(inputs: Field): Problem[] {
  const drops = inputs.at("capabilities", "drops");
  const options = inputs.at("securityOpts");
  return [
    ...flag(inputs.at("privileged"), isTrue, "must not be privileged", () => set(inputs.at("privileged"), false)),
    ...flag(
      inputs.at("readOnly"),
      value => value !== true,
      "must have a read-only root filesystem: readOnly",
      () => set(inputs.at("readOnly"), true),
    ),
    ...flag(
      inputs.at("user"),
      // Docker reads a uid as a number: 00 is root, too.
      value => typeof value !== "string" || /^(root|[+-]?0{1,32})?(:|$)/.test(value),
      "must run as a user other than root: user",
    ),
    ...flag(inputs.at("memory"), value => typeof value !== "number" || value <= 0, "must limit its memory: memory"),
    ...flag(
      drops,
      () => !drops.items().some(({ text }) => /^(CAP_)?ALL$/i.test(text ?? "")),
      "must drop ALL capabilities: capabilities.drops",
    ),
    ...inputs
      .at("capabilities", "adds")
      .items()
      .flatMap(added =>
        flag(
          added,
          value => typeof value !== "string" || !/^(CAP_)?NET_BIND_SERVICE$/i.test(value),
          `must not add the capability ${added.shown}`,
        ),
      ),
    ...flag(
      options,
      () => !options.items().some(({ text, isUnknown }) => isUnknown || noNewPrivileges.test(text ?? "")),
      "must not gain privileges: securityOpts no-new-privileges",
    ),
    ...options
      .items()
      .flatMap(option =>
        flag(
          option,
          value => typeof value === "string" && unconfined.test(value),
          `must not switch its confinement off: securityOpts ${option.shown}`,
        ),
      ),
  ];
}

/** Docker publishes on all addresses unless told otherwise, and past most firewalls. */
function portProblems(inputs: Field): Problem[] {
  return inputs
    .at("ports")
    .items()
    .filter(port => !port.isUnknown)
    .flatMap(port => {
      const address = port.at("ip");
      const isPublic = (value: unknown) =>
        value === undefined || value === null || value === "" || value === "0.0.0.0" || value === "::";
      return flag(address, isPublic, `must not publish port ${port.at("internal").shown} on all addresses: ports[].ip`);
    });
}

function imageProblems(resource: ResourceSubject): Problem[] {
  const image = resource.inputs.at("image");
  // The id of an image that the program pulls or builds is known when it has; that image has a rule of its own.
  if (image.isUnknown) return isBuiltHere(resource, image) === true ? [] : [undetermined(image)];
  const isUnpinned = (value: unknown) =>
    typeof value === "string" && !isDigest(value) && !isDigest(parseImage(value).digest);
  return flag(image, isUnpinned, `must pin its image ${image.shown} by digest`);
}

export const container = resourceRule({
  id: "docker-container",
  title: "Docker containers are confined",
  why: "Docker's defaults are for development: root, all usual capabilities, a writable filesystem, all memory, ports open to everybody.",
  severity: "high",
  level: "mandatory",
  docs: "https://docs.docker.com/engine/security/",
  remediation:
    "Set user, readOnly, memory, capabilities.drops [ALL], securityOpts [no-new-privileges:true], ports[].ip, and a pinned image.",
  reads: [
    "privileged",
    "*Mode",
    "volumes",
    "mounts",
    "devices",
    "user",
    "readOnly",
    "memory",
    "capabilities",
    "securityOpts",
    "ports",
    "image",
  ],

  needs: "dependencies",

  applies: ({ type }) => type === "docker:index/container:Container",
  check: resource => [
    ...hardeningProblems(resource.inputs),
    ...namespaceProblems(resource.inputs),
    ...mountProblems(resource.inputs),
    ...deviceProblems(resource.inputs),
    ...portProblems(resource.inputs),
    ...imageProblems(resource),
  ],

  examples: {
    pass: {
      "a port for this machine only": {
        "/container/properties/ports": [{ internal: 5432, external: 5432, ip: "127.0.0.1" }],
      },
    },
    fail: {
      privileged: { "/container/properties/privileged": true },
      "the host's network": { "/container/properties/networkMode": "host" },
      "no seccomp profile": {
        "/container/properties/securityOpts": ["no-new-privileges:true", "seccomp=unconfined"],
      },
      "docker's socket": {
        "/container/properties/volumes": [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
      },
      "a directory of the system": {
        "/container/properties/mounts": [{ type: "bind", source: "/etc", target: "/host/etc" }],
      },
      "a disk": { "/container/properties/devices": [{ hostPath: "/dev/sda" }] },
      root: { "/container/properties/user": "0:0" },
      "a writable filesystem": { "/container/properties/readOnly": undefined },
      "all memory": { "/container/properties/memory": undefined },
      "a capability": { "/container/properties/capabilities": { drops: ["ALL"], adds: ["SYS_ADMIN"] } },
      "a port for everybody": { "/container/properties/ports": [{ internal: 8080, external: 80 }] },
      "an image by tag": { "/container/properties/image": "nginx:1.29" },
    },
  },
});
