import assert from "node:assert/strict";
import { type StaticSiteConfArgs, staticSiteConf } from "../../components/app/staticSiteConf.js";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { nginxConf } from "../../components/edge/nginxConf.js";
import { type RunScriptArgs, runScript } from "../../components/edge/runScript.js";
import { hostileValues } from "../support/hostileValues.js";

type Tree = Record<string, unknown>;

/** Every place in the arguments, lists' entries included. */
function places(tree: unknown, path: string[] = []): string[][] {
  if (typeof tree !== "object" || tree === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(tree).flatMap(([key, value]) => places(value, [...path, key])),
  ];
}

function replaced(tree: unknown, [key = "", ...rest]: string[], value: unknown): unknown {
  const copy = (Array.isArray(tree) ? [...(tree as unknown[])] : { ...(tree as Tree) }) as Tree;
  copy[key] = rest.length === 0 ? value : replaced(copy[key], rest, value);
  return copy;
}

const edge: EdgeConfArgs = {
  nginxVersion: "1.30.5",
  sites: [
    {
      hosts: ["a.test"],
      certificate: { certificate: "/a.crt", key: "/a.key" },
      routes: [
        {
          ...{ path: "/", match: "prefix", upstream: "api", identity: "optional", limit: "login", webSocket: true },
          ...{
            webSocketIdleSeconds: 60,
            maxBodyKiB: 1,
            responseSeconds: 1,
            cache: { maxAgeSeconds: 1 },
            clearSiteData: true,
          },
        },
      ],
      headers: {
        contentSecurityPolicy: { "img-src": ["'self'"] },
        permissionsPolicy: { camera: ["self"] },
        hsts: { maxAgeSeconds: 63072000, includeSubDomains: true, preload: true },
        frameOptions: "DENY",
      },
      cors: {
        ...{ allowOrigins: ["https://b.test"], allowMethods: ["GET"], allowHeaders: ["X-A"], exposeHeaders: ["X-B"] },
        ...{ credentials: true, maxAgeSeconds: 1 },
      },
    },
  ],
  upstreams: { api: { host: "api.test", port: 1, tls: { ca: "/ca.crt", serverName: "api" }, keepaliveSeconds: 1 } },
  resolvers: ["10.0.0.10"],
  resolverSeconds: 1,
  identity: {
    ...{ upstream: "api", path: "/verify", credentialHeaders: ["X-Key"], credentialCookie: "session" },
    ...{ userHeader: "X-User", tierHeader: "X-Tier" },
  },
  limits: {
    ...{
      address: { perMinute: 60, burst: 1 },
      login: { perMinute: 60, burst: 1 },
      connectionsPerAddress: 1,
      zoneMiB: 1,
    },
    ...{ tiers: { free: { perMinute: 60, burst: 1 } }, defaultTier: "free" },
  },
  maxReplicas: 2,
  requests: { maxBodyKiB: 1, maxHeaderKiB: 16, headerSeconds: 1, bodySeconds: 1, sendSeconds: 1, idleSeconds: 1 },
  leastTls: "1.3",
  trustedProxies: { ranges: ["10.0.0.0/8"], header: "X-Forwarded-For" },
  acmeUpstream: "api",
  ...{ httpPort: 8080, httpsPort: 8443, publicHttpsPort: 443, statusPort: 8081, listenAddresses: ["0.0.0.0"] },
  metrics: { port: 9113, exporterPort: 9114, certificate: { certificate: "/b.crt", key: "/b.key" } },
  ...{ stateFolder: "/tmp/x", workers: 1, workerConnections: 64, drainSeconds: 1, errorLogLevel: "crit" },
};

const site: StaticSiteConfArgs = {
  nginxVersion: "1.30.5",
  certificate: { certificate: "/a.crt", key: "/a.key" },
  ...{ contentFolder: "/www", singlePage: true, immutablePaths: ["/assets"], maxAgeSeconds: 1, port: 8443 },
  ...{ listenAddresses: ["0.0.0.0"], stateFolder: "/tmp/x", workers: 1, workerConnections: 64, drainSeconds: 1 },
  headers: { frameOptions: "DENY" },
};

const script: RunScriptArgs = {
  ...{ conf: "/a", watched: ["/b"], stateFolder: "/c", checkSeconds: 1, lingerSeconds: 1, nginx: "/usr/sbin/nginx" },
  ...{ resolvConf: "/etc/resolv.conf", resolverSeconds: 1 },
};

const functions: [name: string, args: object, run: (args: never) => string][] = [
  ["nginxConf", edge, nginxConf],
  ["staticSiteConf", site, staticSiteConf],
  ["runScript", script, runScript],
];

for (const [name, args, run] of functions) {
  describe(`${name} given anything in the place of any argument`, () => {
    it("takes it, or says in one sentence what is wrong with which argument", () => {
      run(args as never);
      const wrong: string[] = [];
      let refusals = 0;
      for (const path of places(args)) {
        for (const value of hostileValues) {
          try {
            run(replaced(args, path, value) as never);
          } catch (error) {
            refusals++;
            const { name: kind, message } = error as Error;
            if (kind !== "RangeError" || message.length > 400 || message.includes("\n")) {
              wrong.push(
                `${path.join(".")} = ${JSON.stringify(value ?? null).slice(0, 30)}: ${kind}: ${message.slice(0, 150)}`,
              );
            }
          }
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(refusals > places(args).length * 8, `only ${refusals} refusals`);
    });
  });
}
