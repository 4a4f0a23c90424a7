import type { Component } from "../lib/component";
import { tlsFiles } from "../network/certificate";
import { list, record } from "./check";
import type { EdgeConfArgs } from "./edgeConfArgs";
import type { EdgeUpstream } from "./edgeGateway";
import type { IdentityArgs } from "./identity";
import { nginxConf } from "./nginxConf";
import type { RouteArgs } from "./routes";
import { runScript } from "./runScript";
import type { SiteArgs } from "./site";
import type { UpstreamArgs } from "./upstreams";

/** A route to a component. */
export interface EdgeRoute extends Omit<RouteArgs, "upstream"> {
  to: EdgeUpstream;
}

export interface EdgeSite extends Omit<SiteArgs, "certificate" | "routes"> {
  routes: readonly EdgeRoute[];
}

/** Who verifies credentials, and how it is asked. */
export interface EdgeIdentity extends Omit<IdentityArgs, "upstream"> {
  verifier: EdgeUpstream;
}

/** What nginx is told, in terms of components. */
export interface EdgeRules
  extends Pick<EdgeConfArgs, "limits" | "requests" | "leastTls" | "trustedProxies" | "publicHttpsPort"> {
  sites: readonly EdgeSite[];
  /** Who verifies users; needed where a route has `identity`. @default nobody */
  identity?: EdgeIdentity;
}

/** Where nginx listens in the pod: none that only root could open. */
export const edgePorts = { http: 8080, https: 8443, status: 8081, metrics: 9113 };

export const stateFolder = "/tmp/nginx";

/** Where the certificate that browsers see is mounted. */
export const publicFolder = "/run/bulkhead/public-tls";

/** The component's name as an upstream, for what is no component. */
const solverName = "acme-solver";

/** Every component that a route or the identity names, once, by name. */
export function upstreamsOf(owner: Component, { sites, identity }: EdgeRules): Map<string, EdgeUpstream> {
  const found = new Map<string, EdgeUpstream>();
  const add = (argument: string, upstream: EdgeUpstream) => {
    const candidate = upstream as Partial<EdgeUpstream> | null | undefined;
    if (typeof candidate?.link !== "function" || candidate.host === undefined) {
      owner.refuse(`${argument} must be a component declared before this one that serves HTTPS`, upstream);
    }
    const other = found.get(upstream.name);
    if (upstream.name === solverName || (other !== undefined && other !== upstream)) {
      owner.refuse(`${argument} must have a name of its own among the edge's upstreams`, upstream.name);
    }
    found.set(upstream.name, upstream);
  };
  owner.checked(() => {
    list("sites", sites).forEach((site, s) => {
      const { routes, hosts } = record(`sites[${s}]`, site);
      list(`sites[${s}].hosts`, hosts);
      list(`sites[${s}].routes`, routes).forEach((route, r) => {
        add(`sites[${s}].routes[${r}].to`, record(`sites[${s}].routes[${r}]`, route).to);
      });
    });
    if (identity) add("identity.verifier", record("identity", identity).verifier);
  });
  return found;
}

/** What the component adds to the rules. */
export interface EdgeSettings {
  nginxVersion: string;
  maxReplicas: number;
  drainSeconds: number;
  exporterPort: number;
}

/**
 * The files behind the edge's ConfigMap: nginx's configuration and the script that runs it.
 *
 * @param hosts each upstream's Service, ending in `.svc`
 * @param solverHost the same for ACME's solver
 * @throws RangeError naming the first bad argument
 */
export function edgeFiles(
  rules: EdgeRules,
  { nginxVersion, maxReplicas, drainSeconds, exporterPort }: EdgeSettings,
  hosts: ReadonlyMap<string, string>,
  solverHost?: string,
): Record<string, string> {
  const components = new Map(
    [
      ...rules.sites.flatMap(({ routes }) => routes.map(({ to }) => to)),
      ...(rules.identity ? [rules.identity.verifier] : []),
    ].map(each => [each.name, each]),
  );
  const upstreams = Object.fromEntries<UpstreamArgs>([
    ...[...components].map(([name, { port }]): [string, UpstreamArgs] => {
      const service = hosts.get(name) ?? "";
      return [name, { host: `${service}.cluster.local`, port, tls: { ca: tlsFiles.ca, serverName: service } }];
    }),
    ...(solverHost === undefined
      ? []
      : ([[solverName, { host: `${solverHost}.cluster.local`, port: 8089 }]] satisfies [string, UpstreamArgs][])),
  ]);
  const certificate = { certificate: `${publicFolder}/tls.crt`, key: `${publicFolder}/tls.key` };
  const { limits, requests, leastTls, trustedProxies, publicHttpsPort, identity } = rules;
  const conf = nginxConf({
    ...{ nginxVersion, maxReplicas, drainSeconds, upstreams, stateFolder },
    ...{ httpPort: edgePorts.http, httpsPort: edgePorts.https, statusPort: edgePorts.status },
    sites: rules.sites.map(({ routes, ...site }) => ({
      ...site,
      certificate,
      routes: routes.map(({ to, ...route }) => ({ ...route, upstream: to.name })),
    })),
    metrics: {
      port: edgePorts.metrics,
      exporterPort,
      certificate: { certificate: tlsFiles.certificate, key: tlsFiles.key },
    },
    ...(limits && { limits }),
    ...(requests && { requests }),
    ...(leastTls && { leastTls }),
    ...(trustedProxies && { trustedProxies }),
    ...(publicHttpsPort !== undefined && { publicHttpsPort }),
    ...(solverHost !== undefined && { acmeUpstream: solverName }),
    ...(identity && { identity: withUpstream(identity) }),
  });
  const script = runScript({
    conf: "/etc/edge/nginx.conf",
    watched: [certificate.certificate, certificate.key, tlsFiles.certificate, tlsFiles.key, tlsFiles.ca],
    stateFolder,
    // The pod has lingered before the script hears of its end.
    lingerSeconds: 0,
    drainSeconds,
    resolvConf: "/etc/resolv.conf",
  });
  return { "nginx.conf": conf, "run.sh": script };
}

function withUpstream({ verifier, ...identity }: EdgeIdentity): IdentityArgs {
  return { ...identity, upstream: verifier.name };
}
