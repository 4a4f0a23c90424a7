import { literal, none, volumesThat } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";
import { exposesRuntime, realPath, runtimeSockets, socketNames } from "../../runtimeSockets.js";
import type { ResourceSubject } from "../../subject.js";

const volumesOf = (resource: ResourceSubject) => resource.objectsOf("core", "PersistentVolume");

export const runtimeSocket = podRule({
  id: "k8s-runtime-socket",
  title: "Pods and PersistentVolumes do not hold the container runtime's socket",
  why: "Whoever can talk to the container runtime can start a privileged container on the node: it is root on the node by one call.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  remediation:
    "Build images with a builder that needs no socket, and read container data from the kubelet's or the CRI's read-only API.",
  reads: ["spec.volumes[*].hostPath.path", "PersistentVolume spec.{hostPath,local}.path"],
  overlaps: ["k8s-host-path", "k8s-volume-types"],

  parameters: {
    sockets: {
      type: "array",
      items: { type: "string", pattern: "^/." },
      default: runtimeSockets,
      description:
        "Sockets of container runtimes, which no pod may mount: not at these places, and not elsewhere under these names.",
    },
  },

  check: ({ spec }, { settings: { sockets } }) =>
    spec
      .at("volumes")
      .items()
      .flatMap(volume => {
        const path = volume.at("hostPath", "path");
        return flag(
          path,
          value => exposesRuntime(value, sockets),
          `volume ${volume.at("name").shown} must not give access to the container runtime's socket`,
        );
      }),

  besides: {
    applies: resource => volumesOf(resource).length > 0,
    check: (resource, { settings }) =>
      volumesOf(resource).flatMap(({ spec }) =>
        [spec.at("hostPath", "path"), spec.at("local", "path")].flatMap(path =>
          flag(
            path,
            value => exposesRuntime(value, settings["sockets"] as readonly string[]),
            "must not give access to the container runtime's socket",
          ),
        ),
      ),
  },

  admission: {
    of: "pods",
    except: "PersistentVolumes are in none of the namespaces that are judged",
    problems: ({ settings: { sockets } }) => {
      // The API server refuses `..` in a path.
      const parts = 'v.hostPath.path.split("/").filter(part, !(part in ["", "."]))';
      const path = `("/" + ${parts}.map(part, part + "/").join(""))`;
      const real = `${path}.replace("/var/run/", "/run/", 1)`;
      const exposes = `${path} == "/var/" || ${literal(sockets.map(realPath))}.exists(socket, socket.startsWith(${real}))
        || ${literal(socketNames(sockets))}.exists(name, ${path}.endsWith("/" + name + "/"))`;
      if (sockets.length === 0) return none;
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
