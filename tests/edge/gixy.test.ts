import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { staticSiteConf } from "../../components/app/staticSiteConf.js";
import { type EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { nginxConf } from "../../components/edge/nginxConf.js";
import { requireProgram } from "../support/programs.js";
import { routes } from "./support/edge.js";
import { scratchFolder } from "./support/folders.js";

const args: EdgeConfArgs = {
  nginxVersion: "1.30.5",
  sites: [
    {
      hosts: ["app.flowmarine.example", "www.flowmarine.example"],
      certificate: { certificate: "/run/tls.crt", key: "/run/tls.key" },
      routes,
      cors: { allowOrigins: ["https://fleet.example.com"], credentials: true },
    },
  ],
  upstreams: {
    api: { host: "api.flowmarine.svc.cluster.local", port: 8443, tls: { ca: "/run/ca.crt" } },
    gone: { host: "gone.flowmarine.svc.cluster.local", port: 8443, tls: { ca: "/run/ca.crt" } },
    solver: { host: "solver.flowmarine.svc.cluster.local", port: 8089 },
  },
  resolvers: ["10.96.0.10"],
  identity: { upstream: "api", path: "/verify", credentialCookie: "session" },
  trustedProxies: { ranges: "cloudflare" },
  acmeUpstream: "solver",
};

describe("gixy", () => {
  const { path: folder, remove } = scratchFolder();
  after(remove);

  /** What it finds. Known faults of nginx versions are left out: they are the image's, not the configuration's. */
  function lint(gixy: string, conf: string, version: string): string[] {
    const file = join(folder, "nginx.conf");
    writeFileSync(file, conf);
    const options = ["--nginx-version", version, "--skips", "nginx_cves", "-f", "json"];
    let output: string;
    try {
      output = execFileSync(gixy, [...options, file], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      // It ends with 1 when it finds something.
      output = (error as { stdout: string }).stdout;
    }
    const found = JSON.parse(output) as { plugin: string; severity: string; reason: string }[];
    return found.map(({ plugin, severity, reason }) => `${severity} ${plugin}: ${reason}`);
  }

  for (const version of ["1.22.1", "1.30.5"]) {
    it(`finds nothing in the edge's configuration for nginx ${version}`, function () {
      this.timeout(120_000);
      const gixy = requireProgram(this, "gixy");
      assert.deepEqual(lint(gixy, nginxConf({ ...args, nginxVersion: version }), version), []);
    });
  }

  it("finds nothing in a static site's configuration", function () {
    this.timeout(120_000);
    const gixy = requireProgram(this, "gixy");
    const conf = staticSiteConf({
      nginxVersion: "1.30.5",
      certificate: { certificate: "/run/tls.crt", key: "/run/tls.key" },
    });
    assert.deepEqual(lint(gixy, conf, "1.30.5"), []);
  });

  it("would find a header that drops all others, so its silence means something", function () {
    this.timeout(120_000);
    const gixy = requireProgram(this, "gixy");
    const broken = nginxConf(args).replace("location = /healthz {", 'location = /healthz {\nadd_header X-Extra "1";');
    assert.match(lint(gixy, broken, "1.30.5").join("\n"), /add_header/);
  });
});
