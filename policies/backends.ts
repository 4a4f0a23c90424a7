import { isSame, isSameNamespace, type Truth } from "./labels.js";
import type { KubernetesObject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";

/** A Service that an Ingress or a route sends requests to. */
export interface Backend {
  name: Field;
  /** A number or a name; absent where the kind of object needs none. */
  port: Field;
  namespace: Field;
}

/** The port that tells Amazon's controller to read what a backend of that name is from an annotation: it is no Service. */
const byAnnotation = "use-annotation";

/** What an Ingress or a Gateway API route sends requests to; other kinds of backends, as storage buckets, are left out. */
export function ingressBackends({ kind, spec, metadata }: KubernetesObject): Backend[] {
  const own = metadata.at("namespace");
  if (kind !== "Ingress") {
    return spec
      .at("rules")
      .items()
      .flatMap(rule => rule.at("backendRefs").items())
      .filter(reference => ["Service", undefined, null].some(kindGiven => reference.at("kind").value === kindGiven))
      .map(reference => {
        const given = reference.at("namespace");
        return { name: reference.at("name"), port: reference.at("port"), namespace: given.isAbsent ? own : given };
      });
  }
  const paths = spec
    .at("rules")
    .items()
    .flatMap(rule => rule.at("http", "paths").items());
  const given = [spec.at("defaultBackend"), spec.at("backend"), ...paths.map(path => path.at("backend"))];
  const backends = given.flatMap(backend => {
    const service = backend.at("service");
    if (!service.isAbsent) {
      const [number, name] = [service.at("port", "number"), service.at("port", "name")];
      return [{ name: service.at("name"), port: number.isAbsent ? name : number, namespace: own }];
    }
    const old = backend.at("serviceName");
    return old.isAbsent ? [] : [{ name: old, port: backend.at("servicePort"), namespace: own }];
  });
  return backends.filter(({ port }) => port.value !== byAnnotation);
}

function hasPort(service: KubernetesObject, port: Field): Truth {
  if (port.isAbsent) return true;
  const ports = service.spec.at("ports").items();
  const truths = ports.flatMap(one => [isSame(one.at("port"), port), isSame(one.at("name"), port)]);
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

/** Whether the stack declares this Service with this port, or with whatever port. */
export function isExistingService(
  stack: StackSubject,
  { name, port, namespace }: Backend,
  { withAnyPort = false }: { withAnyPort?: boolean } = {},
): Truth {
  if (name.isUnknown || namespace.isUnknown) return undefined;
  const services = stack.named("core", "Service", "metadata", "name").candidates(name);
  const truths = services.map((object): Truth => {
    const isNamed = [
      isSame(object.metadata.at("name"), name),
      isSameNamespace(object.metadata.at("namespace"), namespace),
    ];
    if (isNamed.includes(false)) return false;
    const truth = withAnyPort || hasPort(object, port);
    return truth === true && isNamed.includes(undefined) ? undefined : truth;
  });
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}
