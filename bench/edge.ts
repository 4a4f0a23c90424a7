// What the edge's protections cost: nginx as the components configure it beside a bare one, both with TLS, on this machine, in turns, by wrk
// (Debian's package): node --import tsx bench/edge.ts. Exits with 1 below the bar.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { staticSiteConf } from "../components/app/staticSiteConf.js";
import { nginxConf } from "../components/edge/nginxConf.js";
import { Authority, type Issued } from "../tests/edge/support/certificates.js";
import { DnsServer } from "../tests/edge/support/dns.js";
import { apiHost } from "../tests/edge/support/edge.js";
import { scratchFolder } from "../tests/edge/support/folders.js";
import { Nginx, programAt } from "../tests/edge/support/nginx.js";
import { freePorts } from "../tests/edge/support/ports.js";
import { findProgram } from "../tests/support/programs.js";
import { table } from "./measure.js";

/** Requests a second, as a share of bare nginx's, which a protected one must reach. A verified request is asked about first: another job. */
const bar = 0.9;
const rounds = 6;
const seconds = 4;
const connections = 32;

function installed(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}
const [wrk, openssl, nginx] = ["wrk", "openssl", "nginx-mainline"].map(installed) as [string, string, string];
const program = programAt(nginx);
const scratch = scratchFolder();
const dns = new DnsServer();
const servers: Nginx[] = [];

async function serve(name: string, port: number, conf: (stateFolder: string) => string): Promise<void> {
  const folder = join(scratch.path, name);
  mkdirSync(folder);
  const server = new Nginx(program, folder, conf(join(folder, "state")));
  servers.push(server);
  await server.start(port);
}

/**
 * What each configuration has more, in turn, that does nothing. With musl, as in Alpine's images, nginx takes memory for each TLS record anew
 * from the kernel where its other pieces of 16 KiB are just 24 or 27, and a request costs twice the CPU: a chance, which a line of
 * configuration more or less undoes. So each side is tried with one and two pieces more, too, and the median is of all three.
 */
const layouts = ["null", "zero"].map(name => `access_log /dev/${name} combined buffer=17k if=0;`);
const pieces = [0, 1, 2];

/** The same server once for each layout. @returns their ports */
async function serveEach(name: string, conf: (port: number, state: string) => string): Promise<number[]> {
  const ports = await freePorts(pieces.length);
  for (const [more, port] of ports.entries()) {
    const lines = ["http {", ...layouts.slice(0, more)].join("\n");
    await serve(`${name}-${more}`, port, state => conf(port, state).replace("http {", lines));
  }
  return ports;
}

/** As nginx's own documentation would have one begin, with kept connections to what is behind it. */
const bare =
  ({ certificate, key }: Issued, locations: string, upstream?: number) =>
  (port: number, state: string) =>
    `
worker_processes 1;
pid ${state}/nginx.pid;
events {}
http {
  access_log ${state}/access.log;
  sendfile on;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(each => `${each}_temp_path ${state}/${each};`).join(" ")}
  ${upstream === undefined ? "" : `upstream api { server 127.0.0.1:${upstream}; keepalive 64; }`}
  server {
    listen 127.0.0.1:${port} ssl;
    keepalive_requests 1000000;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.3;
    ${locations}
  }
}
`;

interface Measured {
  perSecond: number;
  p50Millis: number;
  p99Millis: number;
}

const millis: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 };

async function ask(port: number, path: string): Promise<Measured> {
  const { stdout: output } = await promisify(execFile)(
    wrk,
    ["--threads", "1", "--connections", `${connections}`, "--duration", `${seconds}s`, "--latency"].concat(
      ["--header", "authorization: Bearer token"],
      `https://localhost:${port}${path}`,
    ),
  );
  const percentile = (which: string) => {
    const [, value = "", unit = ""] = new RegExp(`\\s${which}%\\s+([\\d.]+)(us|ms|s)\\b`).exec(output) ?? [];
    return Number(value) * (millis[unit] ?? Number.NaN);
  };
  const refused = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(output);
  if (refused !== null) throw new Error(`https://localhost:${port}${path}: ${refused[0]}`);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
    p50Millis: percentile("50"),
    p99Millis: percentile("99"),
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Case {
  name: string;
  path: string;
  /** Ports, one a layout. */
  ours: readonly number[];
  bare: readonly number[];
  /** Whether it must reach the bar. */
  isHeld: boolean;
}

/** Each pair one after the other, so that what else runs meets both alike; of the ratios the median. */
async function compare(each: Case): Promise<{ row: string[]; isBelow: boolean }> {
  const pairs: Record<"ours" | "bare", Measured>[] = [];
  const at = (ports: readonly number[], round: number) => ask(ports[round % ports.length] ?? 0, each.path);
  for (let round = 0; round < rounds; round++)
    pairs.push({ ours: await at(each.ours, round), bare: await at(each.bare, round) });
  const of = (side: "ours" | "bare", field: keyof Measured) => median(pairs.map(pair => pair[side][field]));
  const share = median(pairs.map(({ ours, bare }) => ours.perSecond / bare.perSecond));
  const both = (field: keyof Measured, digits: number) =>
    `${of("ours", field).toFixed(digits)} / ${of("bare", field).toFixed(digits)}`;
  return {
    row: [each.name, both("perSecond", 0), both("p50Millis", 2), both("p99Millis", 2), share.toFixed(2)],
    isBelow: each.isHeld && share < bar,
  };
}

async function main(): Promise<void> {
  const { path } = scratch;
  const authority = new Authority(openssl, path, "ca");
  const certificate = authority.issue("edge", "localhost");
  const dnsPort = await dns.start();
  dns.addresses.set(apiHost, "127.0.0.1");
  const content = join(path, "www");
  mkdirSync(join(content, "assets"), { recursive: true });
  writeFileSync(join(content, "assets/app-3f2a.js"), "bulk".repeat(1024));
  chmodSync(content, 0o755);
  const [upstream = 0, ...plainPorts] = await freePorts(1 + pieces.length);
  const generous = { perMinute: 6_000_000, burst: 1_000_000 };

  const answers = `
    location / { default_type application/json; return 200 '{"vessels":[{"imo":9074729,"name":"Nordlicht"}]}'; }
    location = /verify { add_header X-Auth-User alice; add_header X-Auth-Tier standard; return 204; }`;
  await serve("upstream", upstream, state => bare(authority.issue("api", apiHost), answers)(upstream, state));
  const site = await serveEach("site", (port, stateFolder) =>
    staticSiteConf({
      ...{ nginxVersion: program.version, certificate, contentFolder: content, stateFolder },
      ...{ port, listenAddresses: ["127.0.0.1"] },
    }),
  );
  const bareSite = await serveEach("bare-site", bare(certificate, `root ${content};`));
  const edge = await serveEach("edge", (port, stateFolder) =>
    nginxConf({
      nginxVersion: program.version,
      sites: [
        {
          hosts: ["localhost"],
          certificate,
          routes: [
            { path: "/", upstream: "api" },
            { path: "/api", upstream: "api", identity: "required" },
          ],
        },
      ],
      upstreams: { api: { host: apiHost, port: upstream, tls: { ca: authority.ca.certificate } } },
      resolvers: [`127.0.0.1:${dnsPort}`],
      identity: { upstream: "api", path: "/verify" },
      limits: { address: generous, tiers: { standard: generous }, connectionsPerAddress: 1000 },
      ...{
        httpPort: plainPorts.pop() ?? 0,
        httpsPort: port,
        listenAddresses: ["127.0.0.1"],
        workers: 1,
        stateFolder,
        statusPort: false,
      },
    }),
  );
  const proxied = `location / { proxy_pass https://api; proxy_ssl_protocols TLSv1.3; proxy_http_version 1.1; proxy_set_header Connection ""; }`;
  const bareEdge = await serveEach("bare-edge", bare(certificate, proxied, upstream));

  const file = "/assets/app-3f2a.js";
  const cases: Case[] = [
    { name: "static file of 4 KiB", path: file, ours: site, bare: bareSite, isHeld: true },
    { name: "proxied, anonymous", path: "/vessels", ours: edge, bare: bareEdge, isHeld: true },
    { name: "proxied, verified user", path: "/api/vessels", ours: edge, bare: bareEdge, isHeld: false },
  ];
  const results: Awaited<ReturnType<typeof compare>>[] = [];
  for (const each of cases) results.push(await compare(each));
  console.log(
    `nginx ${program.version}, ${connections} kept TLS 1.3 connections, ${rounds} × ${seconds} s each; ours / bare\n`,
  );
  console.log(table([["", "requests/s", "p50 ms", "p99 ms", "share"], ...results.map(({ row }) => row)]));
  const missed = results.some(({ isBelow }) => isBelow);
  console.log(`\n${missed ? "not all" : "all"} at ${bar} of bare nginx's requests/s or more`);
  process.exitCode = missed ? 1 : 0;
}

main()
  .finally(async () => {
    for (const server of servers) await server.stop();
    await dns.stop();
    scratch.remove();
  })
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
