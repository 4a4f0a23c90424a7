import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { parseSettings } from "../../examples/express-mariadb/settings";
import { runPreview } from "../../preview/host";
import type { PreviewResult } from "../../preview/result";
import { firstPassword, MariaDbPod } from "../data/support/mariaDbPod";
import { Pod, requireNamespaces } from "../data/support/pod";
import { eventually, freePort } from "../data/support/run";
import { buildPreview, repository } from "../preview/host/support";
import { at } from "../support/deploy";
import { requireProgram } from "../support/programs";

const programDir = join(repository, "examples/express-mariadb");
const policies = join(repository, "policies");

describe("the second system: express-mariadb", () => {
  for (const stack of ["local", "production"]) {
    describe(stack, () => {
      let result: PreviewResult;
      before(async function () {
        this.timeout(180_000);
        buildPreview();
        const policyConfigFiles = { [policies]: join(policies, "config", `${stack}.json`) };
        result = await runPreview({ programDir, stack, policyPacks: [policies], policyConfigFiles });
      });

      it("breaks no mandatory rule, and leaves none undetermined", () => {
        const blocking = result.findings.filter(({ level, exception }) => level === "mandatory" && !exception);
        assert.deepEqual(
          blocking.map(({ rule, message }) => `${rule}: ${message}`),
          [],
        );
        assert.ok(result.rules.length > 20, `${result.rules.length} rules judged`);
      });

      it("is built of the components that the first system is built of", () => {
        const components = result.resources.filter(({ type }) => type.startsWith("bulkhead:"));
        assert.deepEqual(components.map(({ type, name }) => `${type.split(":")[2]} ${name}`).sort(), [
          "CertificateAuthority notes-ca",
          "ContainerImage app-image",
          "ContainerImage web-image",
          "EdgeGateway edge",
          "MariaDbDatabase database",
          "SecureNamespace notes",
          "SecureNamespace notes-data",
          "WebService app",
          "WebService web",
        ]);
      });

      it("lets in from outside only who stands in front", () => {
        const entry = result.resources.find(({ urn }) => urn.endsWith(":NetworkPolicy::edge-from-clients"));
        const from = JSON.stringify(at(entry?.inputs, "spec.ingress.0.from"));
        assert.equal(from.includes("0.0.0.0/0"), stack === "local");
        assert.equal(from.includes("173.245.48.0/20"), stack === "production", "a range of Cloudflare's");
      });

      it("asks for its secret, and shows it nowhere", () => {
        assert.deepEqual(result.toBeSet, ["express-mariadb:databasePassword"]);
      });
    });
  }

  it("names every wrong setting in one error", () => {
    assert.throws(
      () => parseSettings({ host: "Notes!", replicas: "many", deletionProtection: "perhaps" }),
      (error: Error) =>
        ["host: ", "registry: ", "replicas: ", "deletionProtection: ", '"Notes!"'].every(part =>
          error.message.includes(part),
        ),
    );
    assert.deepEqual(parseSettings({ host: "notes.example", registry: "registry.example", replicas: "3" }), {
      host: "notes.example",
      registry: "registry.example",
      proxy: "cloudflare",
      exposure: "LoadBalancer",
      replicas: 3,
      databaseGiB: 10,
      images: {},
      deletionProtection: true,
    });
    const images = { nginx: `registry.example/nginx:1.26.3@sha256:${"0".repeat(64)}` };
    const given = { host: "notes.example", registry: "registry.example", images: JSON.stringify(images) };
    assert.deepEqual(parseSettings(given).images, images);
    assert.throws(
      () => parseSettings({ ...given, images: "nginx" }),
      /images: must be an object of images by name, got "nginx"/,
    );
  });
});

describe("the second system's programs", function () {
  const running: ChildProcess[] = [];
  let webPort: number;
  let ca: string;
  let appEnv: Record<string, string>;

  const start = (server: string, env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(programDir, server)], { env, stdio: ["ignore", "ignore", "pipe"] });
    running.push(child);
    return child;
  };
  const ask = (method: string, path: string, body?: unknown) =>
    new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const sent = request({ host: "localhost", port: webPort, method, path, ca, headers, agent: false }, answer => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });

  before(async function () {
    this.timeout(120_000);
    requireProgram(this, "mariadbd");
    await requireNamespaces(this);
    const mariadb = await MariaDbPod.create({ database: "notes", user: "notes" });
    await mariadb.start();

    const folder = join(mariadb.pod.folder, "notes-tls");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(await mariadb.authority.issue(2002)))
      writeFileSync(join(folder, name), text);
    ca = readFileSync(join(folder, "ca.crt"), "utf8");
    const tls = {
      TLS_CERT_FILE: join(folder, "tls.crt"),
      TLS_KEY_FILE: join(folder, "tls.key"),
      TLS_CA_FILE: join(folder, "ca.crt"),
    };
    const appPort = await freePort();
    webPort = await freePort();
    appEnv = {
      ...tls,
      PORT: `${appPort}`,
      DATABASE_HOST: "localhost",
      DATABASE_PORT: `${mariadb.server.port}`,
      DATABASE_NAME: "notes",
      DATABASE_USER: "notes",
      DATABASE_PASSWORD: firstPassword,
      DATABASE_CA_FILE: tls.TLS_CA_FILE,
      DATABASE_POOL_SIZE: "4",
    };
    const [status] = (await once(start("app/migrate.js", appEnv), "exit")) as [number | null];
    assert.equal(status, 0, "the migration failed");
    start("app/server.js", appEnv);
    start("web/server.js", { ...tls, PORT: `${webPort}`, APP_URL: `https://localhost:${appPort}` });
    await eventually("the app answers through the web server", async () => {
      assert.equal((await ask("GET", "/api/notes")).status, 200);
    });
  });

  after(async () => {
    for (const child of running) child.kill("SIGKILL");
    await Pod.removeAll();
  });

  it("keep what a browser sends through web and app in MariaDB, over TLS on every hop", async () => {
    const text = "Ahoy <script>alert('ship')</script>; DROP TABLE note --";
    assert.deepEqual(JSON.parse((await ask("POST", "/api/notes", { text })).text), { id: 1, text });
    assert.deepEqual(JSON.parse((await ask("GET", "/api/notes")).text), [{ id: 1, text }]);
  });

  it("refuse what is no note, and say nothing of themselves", async () => {
    for (const body of [{}, { text: "" }, { text: 5 }, { text: "x".repeat(501) }]) {
      const { status, headers } = await ask("POST", "/api/notes", body);
      assert.equal(status, 400);
      assert.equal(headers["x-powered-by"], undefined);
    }
    assert.equal((await ask("POST", "/api/notes", { text: "x".repeat(20_000) })).status, 413);
    assert.equal((await ask("GET", "/../app/server.js")).status, 404);
  });

  it("show the page, and are migrated twice without harm", async () => {
    assert.match((await ask("GET", "/")).text, /<h1>Notes<\/h1>/);
    const [status] = (await once(start("app/migrate.js", appEnv), "exit")) as [number | null];
    assert.equal(status, 0);
  });

  it("stop at SIGTERM after the answer that is under way", async () => {
    const [, app, web] = running;
    for (const child of [web, app]) {
      const stopped = once(child!, "exit");
      child!.kill("SIGTERM");
      assert.deepEqual(await stopped, [0, null]);
    }
  });
});
