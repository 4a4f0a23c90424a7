import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { containerMetricsConfig, kubeletMetrics } from "../../components/observability/containerMetricsConfig";
import { asFile } from "../../components/observability/singleton";
import { eventually, freePort } from "../data/support/run";
import { requireProgram } from "../support/programs";
import { Folder } from "./support/folder";
import { Program } from "./support/program";

/** What the lab's kubelet (1.36) said of one pod, of its node, and of its volumes. */
const page = (name: string) => readFileSync(join(__dirname, `../fixtures/kubelet/${name}.txt`));
const pages: Readonly<Record<string, Buffer>> = { "/metrics/cadvisor": page("cadvisor"), "/metrics": page("metrics") };
const token = "the token of the pod";

type Series = Record<string, string>;

/** The configuration's own scrapes, by the program whose format they have. */
for (const verifyKubelet of [false, true]) {
  describe(`what is read of a kubelet whose certificate is ${verifyKubelet ? "the cluster's" : "its own"}`, function () {
    this.timeout(120_000);
    let folder: Folder;
    let kubelet: Server;
    let prometheus: Program | undefined;
    let series: Series[] = [];

    before(async function () {
      const program = requireProgram(this, "prometheus");
      folder = new Folder(requireProgram(this, "openssl"));
      const { certificate, key, ca } = folder.tls("kubelet", "localhost");
      kubelet = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
        const body = pages[request.url ?? ""];
        const known = request.headers.authorization === `Bearer ${token}`;
        response.writeHead(!known ? 401 : body === undefined ? 404 : 200, { "content-type": "text/plain" }).end(body);
      });
      await new Promise<void>(resolve => kubelet.listen(0, "127.0.0.1", resolve));
      folder.write("token", token);
      folder.write("ca.crt", readFileSync(ca, "utf8"));
      const config = containerMetricsConfig({
        ports: { metrics: 0, health: 0, internal: 0 },
        kubelet: `localhost:${(kubelet.address() as AddressInfo).port}`,
        tokenFolder: folder.path,
        verifyKubelet,
        intervalSeconds: 10,
      }) as { receivers: { prometheus: { config: object } } };
      const written = asFile(config.receivers.prometheus.config).replaceAll("${env:K8S_NODE_NAME}", "node-1");
      const port = await freePort();
      prometheus = new Program(program, [
        `--config.file=${folder.write("prometheus.yml", written)}`,
        `--storage.tsdb.path=${folder.data}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ]);
      const query = async (expr: string): Promise<Series[]> => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
        const { data } = (await answer.json()) as { data: { result: { metric: Series }[] } };
        return data.result.map(({ metric }) => metric);
      };
      await eventually("both pages are read", async () => {
        prometheus?.mustRun();
        assert.equal((await query("up == 1")).length, 2);
      });
      series = await query('{__name__=~"container_.*|kubelet_.*|machine_.*"}');
    });
    after(async () => {
      await prometheus?.stop();
      (kubelet as Server | undefined)?.close();
      (folder as Folder | undefined)?.remove();
    });

    it("is every metric of the catalogue, and nothing else that it has", () => {
      assert.deepEqual([...new Set(series.map(each => each["__name__"] ?? ""))].sort(), [...kubeletMetrics].sort());
    });

    it("is of containers and pods, not of the groups that hold them", () => {
      const sums = series.filter(each => each["__name__"]?.startsWith("container_") && !each["pod"]);
      assert.deepEqual(sums, []);
      const ofContainers = series.filter(each => /^container_(cpu|memory|spec|oom)_/.test(each["__name__"] ?? ""));
      assert.deepEqual(new Set(ofContainers.map(each => each["container"])), new Set(["api"]));
    });

    it("says of which node it is, and of which image it does not", () => {
      assert.ok(series.every(each => each["node"] === "node-1"));
      assert.ok(series.every(each => !("image" in each) && !("name" in each)));
    });
  });
}
