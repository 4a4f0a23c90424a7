import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "mocha";
import { type EdgeConfArgs } from "../../../components/edge/edgeConfArgs.js";
import { nginxConf } from "../../../components/edge/nginxConf.js";
import { atLeast } from "../../../components/edge/nginxVersion.js";
import type { SiteArgs } from "../../../components/edge/site.js";
import { requireProgram } from "../../support/programs.js";
import { Authority, type Issued } from "./certificates.js";
import { Client } from "./client.js";
import { DnsServer } from "./dns.js";
import { scratchFolder } from "./folders.js";
import { Nginx, type Program, programAt } from "./nginx.js";
import { until } from "./poll.js";
import { freePorts } from "./ports.js";
import { UpstreamServer } from "./upstream.js";

/** The names under which an nginx is looked for: Debian's, and a current one without `stub_status`. */
export const nginxNames = ["nginx", "nginx-mainline"] as const;

export const host = "app.flowmarine.test";
export const apiHost = "api.flowmarine.svc.cluster.local";

/** Limits that no test meets by accident. */
export const generous = { address: { perMinute: 600_000, burst: 5000 }, login: { perMinute: 600_000, burst: 5000 } };

export const routes: SiteArgs["routes"] = [
  { path: "/", upstream: "api" },
  { path: "/api", upstream: "api", identity: "optional" },
  { path: "/api/private", upstream: "api", identity: "required" },
  { path: "/api/auth/login", match: "exact", upstream: "api", limit: "login" },
  { path: "/api/auth/logout", match: "exact", upstream: "api", clearSiteData: true },
  { path: "/ws", upstream: "api", webSocket: true },
  { path: "/assets", upstream: "api", cache: "immutable" },
  { path: "/downloads", upstream: "api", cache: { maxAgeSeconds: 600 } },
  { path: "/gone", upstream: "gone" },
  { path: "/upload", upstream: "api", maxBodyKiB: 4 },
];

/** A whole edge on loopback: DNS, an application behind it over TLS, a certificate authority for each side. */
export class Edge {
  readonly folder = scratchFolder();
  readonly dns = new DnsServer();
  upstream!: UpstreamServer;
  upstreamPort = 0;
  nginx!: Nginx;
  client!: Client;
  /** Who signs the edge's certificate. */
  authority!: Authority;
  certificate!: Issued;
  statusPort = 0;
  args!: EdgeConfArgs;
  program!: Program;

  /** @param change turns the usual arguments into the test's own */
  constructor(private readonly change: (args: EdgeConfArgs) => EdgeConfArgs = args => args) {}

  async start(test: Context, nginxName: string = "nginx", lingerSeconds = 0): Promise<this> {
    this.program = programAt(requireProgram(test, nginxName));
    const openssl = requireProgram(test, "openssl");
    const { path } = this.folder;
    this.authority = new Authority(openssl, path, "edge-ca");
    this.certificate = this.authority.issue("edge", host);
    const inner = new Authority(openssl, path, "cluster-ca");
    const issued = inner.issue("api", apiHost);
    this.upstream = new UpstreamServer(issued, readFileSync(issued.key));
    this.upstreamPort = await this.upstream.start();
    const dnsPort = await this.dns.start();
    this.dns.addresses.set(apiHost, "127.0.0.1");
    const [httpPort = 0, httpsPort = 0, statusPort = 0] = await freePorts(3);
    this.statusPort = statusPort;
    this.args = this.change({
      nginxVersion: this.program.version,
      sites: [{ hosts: [host], certificate: this.certificate, routes }],
      upstreams: {
        api: { host: apiHost, port: this.upstreamPort, tls: { ca: inner.ca.certificate } },
        gone: { host: "gone.flowmarine.svc.cluster.local", port: this.upstreamPort, tls: { ca: inner.ca.certificate } },
      },
      resolvers: [`127.0.0.1:${dnsPort}`],
      resolverSeconds: 1,
      identity: { upstream: "api", path: "/verify" },
      limits: generous,
      ...{ httpPort, httpsPort, listenAddresses: ["127.0.0.1"], workers: 1, drainSeconds: 5 },
      statusPort: this.program.status && statusPort,
      stateFolder: join(path, "state"),
    });
    const watched = [this.certificate.certificate, this.certificate.key];
    this.nginx = new Nginx(this.program, path, nginxConf(this.args), watched, lingerSeconds);
    this.client = new Client(httpsPort, httpPort, this.authority.ca.pem, host);
    await this.nginx.start(httpsPort);
    // A current nginx asks for the names when it starts; until it has an answer there is no upstream.
    const named = Object.values(this.args.upstreams).some(upstream => upstream.host === apiHost);
    if (named && atLeast(this.program.version, "1.27.3")) {
      await until("nginx to ask for its upstream", () => this.dns.asked.has(apiHost) || undefined);
    }
    return this;
  }

  async stop(): Promise<void> {
    await (this.nginx as Nginx | undefined)?.stop();
    await (this.upstream as UpstreamServer | undefined)?.stop();
    await this.dns.stop().catch(() => undefined);
    this.folder.remove();
  }
}
