import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type StaticSiteConfArgs, staticSiteConf } from "../../components/app/staticSiteConf.js";
import { requireProgram } from "../support/programs.js";
import { Authority, type Issued } from "./support/certificates.js";
import { Client } from "./support/client.js";
import { host, nginxNames } from "./support/edge.js";
import { scratchFolder } from "./support/folders.js";
import { Nginx, programAt } from "./support/nginx.js";
import { until } from "./support/poll.js";
import { freePorts } from "./support/ports.js";

const script = `console.log(${JSON.stringify("bulk ".repeat(1000))});`;
const files: Record<string, string> = {
  "index.html": "<!doctype html><title>Fleet</title>",
  "favicon.ico": "icon",
  "robots.txt": "User-agent: *",
  "assets/app-3f2a.js": script,
  "assets/style-77aa.css": "body{}",
  "docs/index.html": "docs",
  ".env": "SECRET=1",
  ".git/config": "secret",
  "assets/.htpasswd": "secret",
};

/** A running site with these files. */
class Site {
  readonly folder = scratchFolder();
  nginx!: Nginx;
  client!: Client;
  authority!: Authority;

  async start(test: Mocha.Context, name: string, change: Partial<StaticSiteConfArgs>): Promise<void> {
    const program = programAt(requireProgram(test, name));
    const { path } = this.folder;
    const contentFolder = join(path, "www");
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(contentFolder, file, ".."), { recursive: true });
      writeFileSync(join(contentFolder, file), content);
    }
    this.authority = new Authority(requireProgram(test, "openssl"), path, "ca");
    const { authority } = this;
    const certificate: Issued = authority.issue("site", host);
    const [port = 0] = await freePorts(1);
    const stateFolder = join(path, "state");
    const conf = staticSiteConf({
      ...{
        nginxVersion: program.version,
        certificate,
        contentFolder,
        port,
        stateFolder,
        listenAddresses: ["127.0.0.1"],
      },
      ...change,
    });
    this.nginx = new Nginx(program, path, conf, [certificate.certificate, certificate.key]);
    this.client = new Client(port, 0, authority.ca.pem, host);
    await this.nginx.start(port);
  }

  async stop(): Promise<void> {
    await (this.nginx as Nginx | undefined)?.stop();
    this.folder.remove();
  }
}

function onEachNginx(title: string, change: Partial<StaticSiteConfArgs>, suite: (site: Site) => void): void {
  for (const name of nginxNames) {
    describe(`${title} (${name})`, () => {
      const site = new Site();
      before(function () {
        return site.start(this, name, change);
      });
      after(() => site.stop());
      suite(site);
    });
  }
}

const never = "no-store, max-age=0";

onEachNginx("a static site", {}, site => {
  const get = async (path: string, headers = {}) => {
    const { status, headers: answered, body } = await site.client.get(path, headers);
    return { status, type: answered["content-type"], cache: answered["cache-control"], body: body.toString() };
  };

  it("answers every page that is no file with index.html, to be asked for every time", async () => {
    for (const path of ["/", "/index.html", "/fleet/17", "/users/j.doe", "/docs/"]) {
      const answer = await get(path);
      assert.deepEqual(
        answer,
        { status: 200, type: "text/html; charset=utf-8", cache: "no-cache", body: files["index.html"] },
        path,
      );
    }
  });

  it("confirms an unchanged index.html in a few bytes", async () => {
    const { headers } = await site.client.get("/");
    const { status, headers: again } = await site.client.get("/", { "if-none-match": headers.etag });
    assert.equal(status, 304);
    assert.equal(again["cache-control"], "no-cache");
    assert.equal(again["x-frame-options"], "DENY");
  });

  it("has files with hashed names kept for a year, and others for an hour", async () => {
    const { body, ...asset } = await get("/assets/app-3f2a.js");
    assert.ok(body === script);
    const cache = "public, max-age=31536000, immutable";
    assert.deepEqual(asset, { status: 200, type: "text/javascript; charset=utf-8", cache });
    assert.equal((await get("/favicon.ico")).cache, "public, max-age=3600");
    assert.equal((await get("/robots.txt")).type, "text/plain; charset=utf-8");
  });

  it("finds no file where there is none, rather than a page under a script's name", async () => {
    for (const path of ["/assets/app-0000.js", "/assets/nothing", "/missing.css", "/logo.PNG"]) {
      const { status, cache } = await get(path);
      assert.deepEqual([status, cache], [404, never], path);
    }
  });

  it("shows no hidden file, however it is spelt", async () => {
    for (const path of ["/.env", "/.git/config", "/assets/.htpasswd", "/%2eenv", "/a/..%2f.env", "//.env", "/.ENV"]) {
      assert.ok(![...Object.values(files)].slice(6).includes((await get(path)).body), path);
      assert.equal((await get(path)).status, 404, path);
    }
  });

  it("shows no file outside its folder", async () => {
    for (const path of ["/../../etc/passwd", "/assets/..%2f..%2f..%2fetc/passwd", "/assets../nginx.conf", "/..%00/x"]) {
      const text = await site.client.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.doesNotMatch(text, /root:|worker_processes/, path);
    }
  });

  it("takes no other method", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]) {
      const { status, headers } = await site.client.get("/", {}, method);
      assert.equal(status, 405, method);
      assert.equal(headers.allow, "GET, HEAD", method);
    }
    assert.equal((await site.client.get("/", {}, "HEAD")).status, 200);
  });

  it("compresses scripts", async () => {
    const { headers, body } = await site.client.get("/assets/app-3f2a.js", { "accept-encoding": "gzip" });
    assert.equal(headers["content-encoding"], "gzip");
    assert.ok(body.length < script.length / 4);
    assert.equal(gunzipSync(body).toString(), script);
  });

  it("has the security headers on every answer", async () => {
    for (const path of ["/", "/assets/app-3f2a.js", "/missing.css", "/.env", "/healthz"]) {
      const { headers } = await site.client.get(path);
      assert.equal(headers["strict-transport-security"], "max-age=63072000; includeSubDomains", path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
      assert.match(String(headers["content-security-policy"]), /default-src 'self'/, path);
      assert.equal(headers.server, "nginx", path);
    }
  });

  it("is healthy over HTTPS, by any name, as a probe asks", async () => {
    const { status, body } = await site.client.ask({ path: "/healthz", host: "10.0.0.7", servername: host });
    assert.deepEqual([status, body.toString()], [200, "ok\n"]);
  });

  it("logs the id that the edge gave a request", async () => {
    const id = "0123456789abcdef0123456789abcdef";
    const { headers } = await site.client.get("/assets/app-3f2a.js?token=planted-5ecret", { "x-request-id": id });
    assert.equal(headers["x-request-id"], id);
    assert.equal((await site.nginx.logged(id))["path"], "/assets/app-3f2a.js");
    assert.ok(!site.nginx.output().includes("planted-5ecret"));
  });
});

onEachNginx(
  "a site of several pages",
  { singlePage: false, immutablePaths: ["/static"], maxAgeSeconds: 60, headers: { frameOptions: "SAMEORIGIN" } },
  site => {
    it("finds folders' pages, and nothing where there is no file", async () => {
      assert.equal((await site.client.get("/docs/")).body.toString(), "docs");
      assert.equal((await site.client.get("/docs")).body.toString(), "docs");
      assert.equal((await site.client.get("/nowhere")).status, 404);
    });

    it("keeps what it was told to keep, as long as it was told", async () => {
      assert.equal((await site.client.get("/assets/app-3f2a.js")).headers["cache-control"], "public, max-age=60");
      assert.equal((await site.client.get("/")).headers["x-frame-options"], "SAMEORIGIN");
    });
  },
);

describe("a static site's arguments", () => {
  const valid: StaticSiteConfArgs = { nginxVersion: "1.22.1", certificate: { certificate: "/a.crt", key: "/a.key" } };
  const wrong: [Partial<StaticSiteConfArgs>, string][] = [
    [
      { contentFolder: "/www; }" },
      'contentFolder must be an absolute path of letters, digits and - . _ /, got "/www; }"',
    ],
    [{ immutablePaths: ["/"] }, 'immutablePaths[0] must be a folder below /, where index.html is, got "/"'],
    [{ port: 443 }, "port must be a whole number from 1024 to 65535, got 443"],
    [{ maxAgeSeconds: -1 }, "maxAgeSeconds must be a whole number from 0 to 31536000, got -1"],
    [{ listenAddresses: ["localhost"] }, 'listenAddresses[0] must be an IP address, got "localhost"'],
    [{ stateFolder: "tmp" }, 'stateFolder must be an absolute path of letters, digits and - . _ /, got "tmp"'],
  ];
  for (const [change, message] of wrong) {
    it(`are refused by name: ${Object.keys(change).join()}`, () => {
      assert.throws(() => staticSiteConf({ ...valid, ...change }), { name: "RangeError", message });
    });
  }
});

describe("a static site's metrics", () => {
  const site = new Site();
  let exporter: ChildProcess | undefined;
  let ports: number[];
  before(async function () {
    const program = requireProgram(this, "nginx-prometheus-exporter", "prometheus-nginx-exporter");
    ports = await freePorts(3);
    const [statusPort = 0, exporterPort = 0, port = 0] = ports;
    await site.start(this, "nginx", { metrics: { statusPort, exporterPort, port } });
    // Debian's takes one dash.
    const options = [
      `-nginx.scrape-uri=http://127.0.0.1:${statusPort}/stub_status`,
      `-web.listen-address=127.0.0.1:${exporterPort}`,
    ];
    exporter = spawn(program, options, { stdio: "ignore" });
  });
  after(async () => {
    exporter?.kill();
    await site.stop();
  });

  it("are the exporter's, over TLS, on a port of their own", async () => {
    const asked = new Client(ports[2] ?? 0, 0, site.authority.ca.pem, host);
    const answer = await until("the exporter to answer", async () => {
      const { status, body } = await asked.get("/metrics").catch(() => ({ status: 0, body: "" }));
      return status === 200 ? body.toString() : undefined;
    });
    assert.match(answer, /^nginx_up 1$/m);
    assert.match(answer, /^nginx_connections_active \d+$/m);
    assert.equal((await asked.get("/")).status, 404);
    assert.notEqual((await site.client.get("/metrics")).body.toString(), answer);
  });
});
