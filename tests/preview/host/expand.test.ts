import assert from "node:assert/strict";
import { delimiter, dirname } from "node:path";
import { PreviewError } from "../../../preview/errors.js";
import { decodeYaml, objectsIn } from "../../../preview/expand/yaml.js";
import { isClusterScoped } from "../../../preview/providers/clusterScope.js";
import { UNKNOWN } from "../../../preview/value.js";
import { requireProgram } from "../../support/programs.js";
import { preview, program, removeTemporary } from "./support.js";

describe("YAML of Kubernetes", () => {
  it("is read as Kubernetes reads it", () => {
    const text = "a: yes\nb: 0644\nc: 2026-11-22\nd: 12:30:45\ne: '1'\nf: &x {g: 1}\nh: {<<: *x, i: 2}\n";
    assert.deepEqual(decodeYaml(text, "text"), [
      { a: true, b: 420, c: "2026-11-22", d: "12:30:45", e: "1", f: { g: 1 }, h: { g: 1, i: 2 } },
    ]);
  });

  it("may hold many documents, empty ones and lists", () => {
    const text =
      "---\n---\n# nothing\n---\n{kind: A, apiVersion: v1}\n---\n{kind: List, apiVersion: v1, items: [{kind: B, apiVersion: v1}]}\n";
    assert.deepEqual(
      objectsIn(decodeYaml(text, "text")).map(object => object["kind"]),
      ["A", "B"],
    );
  });

  it("that is broken is named with document and line", () => {
    assert.throws(
      () => decodeYaml("a: 1\n---\nb: [\n", "m.yaml"),
      (error: PreviewError) => error.kind === "usage" && /^m\.yaml, document 2: .*line \d/.test(error.message),
    );
  });
});

describe("kinds of Kubernetes", () => {
  for (const [apiVersion, kind, scoped] of [
    ["v1", "Namespace", true],
    ["v1", "ConfigMap", false],
    ["rbac.authorization.k8s.io/v1", "ClusterRole", true],
    ["rbac.authorization.k8s.io/v1", "Role", false],
    ["storage.k8s.io/v1", "StorageClass", true],
    ["cert-manager.io/v1", "ClusterIssuer", true],
    ["cert-manager.io/v1", "Issuer", false],
    ["postgresql.cnpg.io/v1", "Cluster", false],
    ["gateway.networking.k8s.io/v1", "GatewayClass", true],
    ["operators.coreos.com/v1alpha1", "ClusterServiceVersion", false],
  ] as const) {
    it(`${apiVersion} ${kind} lives ${scoped ? "outside" : "inside"} namespaces`, () => {
      assert.equal(isClusterScoped(apiVersion, kind, new Map()), scoped);
    });
  }

  it("follow a definition of the same program before anything else", () => {
    assert.equal(
      isClusterScoped("test.io/v1", "ClusterThing", new Map([["test.io/ClusterThing", "Namespaced"]])),
      false,
    );
  });
});

describe("a component that a provider would construct", function () {
  this.timeout(300_000);
  after(removeTemporary);

  const head = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("p", { kubeconfig: "{}", namespace: "apps" });
`;

  it("reports broken YAML at the line that asks for it", async () => {
    const dir = program(`${head}new k8s.yaml.v2.ConfigFile("f", { file: "m.yaml" }, { provider });\n`, {
      "m.yaml": "a: [\n",
    });
    await assert.rejects(preview(dir), (error: PreviewError) => {
      assert.equal(error.kind, "usage");
      assert.match(error.message, /^m\.yaml, document 1/);
      assert.equal(error.source?.line, 3);
      return true;
    });
  });

  it("reads files by pattern, and keeps secrets marked", async () => {
    const source = `${head}new k8s.yaml.v2.ConfigGroup("g", { files: ["manifests/*.yaml"], objs: [{ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: pulumi.secret("hidden-value") } }] }, { provider });\n`;
    const map = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}`;
    const result = await preview(
      program(source, { "manifests/a.yaml": map("a"), "manifests/b.yaml": map("b"), "manifests/c.txt": "no" }),
    );
    const children = result.resources.filter(({ parent }) => parent?.endsWith("::g"));
    assert.deepEqual(
      children.map(({ name }) => name),
      ["g:apps/a", "g:apps/b", "g:apps/s"],
    );
    assert.ok(result.secrets.includes("hidden-value"));
  });

  it("is listed when it needs the network", async () => {
    const source = `${head}new k8s.yaml.v2.ConfigFile("f", { file: "https://example.org/m.yaml" }, { provider });\n`;
    const { coverage } = await preview(program(source));
    assert.match(coverage.unexpandedComponents[0]?.reason ?? "", /example\.org\/m\.yaml is on the network/);
  });

  const chart = {
    "chart/Chart.yaml": "apiVersion: v2\nname: local\nversion: 0.1.0\n",
    "chart/templates/all.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-map}\ndata: {a: {{ .Values.a | quote }}}\n",
  };
  const usesChart = `${head}new k8s.helm.v4.Chart("c", { chart: "./chart", values: { a: pulumi.secret("hidden-value") } }, { provider });\n`;

  it("is rendered by helm", async function () {
    const helm = requireProgram(this, "helm");
    const env = { PATH: `${dirname(helm)}${delimiter}${process.env["PATH"] ?? ""}` };
    const result = await preview(program(usesChart, chart), { env });
    const child = result.resources.find(({ name }) => name === "c:apps/c-map");
    assert.equal(JSON.stringify(child?.inputs["data"]).includes("hidden-value"), true);
    assert.ok(result.secrets.includes("hidden-value"));
    assert.deepEqual(result.coverage.unexpandedComponents, []);
  });

  it("is listed, never dropped, where helm is missing", async () => {
    const { coverage } = await preview(program(usesChart, chart), { env: { PATH: "/nowhere" } });
    assert.deepEqual(
      coverage.unexpandedComponents.map(({ type, reason }) => [type, reason]),
      [["kubernetes:helm.sh/v4:Chart", "helm is not installed here"]],
    );
  });

  it("marks what a Secret of a file holds, as the provider does", async () => {
    const yaml = "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: hidden-value}}";
    const source = `${head}new k8s.yaml.v2.ConfigGroup("g", { yaml: ${JSON.stringify(yaml)} }, { provider });\n`;
    assert.ok((await preview(program(source))).secrets.includes("hidden-value"));
  });

  it("is listed where only its provider renders it, and what is read from it is not known", async () => {
    const source = `${head}const chart = new k8s.helm.v3.Chart("c", { chart: "redis" }, { provider });
new k8s.kustomize.Directory("k", { directory: "./overlay" }, { provider });
exports.address = chart.getResourceProperty("v1/Service", "c-redis", "spec").apply(spec => spec.clusterIP);
`;
    const { coverage, outputs, resources } = await preview(program(source));
    assert.deepEqual(coverage.unexpandedComponents.map(({ urn }) => urn.split("::").at(-1)).sort(), ["c", "k"]);
    assert.equal(outputs["address"], UNKNOWN);
    assert.equal(resources.filter(({ type }) => type.startsWith("kubernetes:core")).length, 0);
  });

  it("is expanded by what a fixture says that its provider renders", async () => {
    const source = `${head}new k8s.helm.v3.Chart("c", { chart: "redis" }, { provider });\n`;
    const map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: rendered}}";
    const fixtures = `invokes: [{token: "kubernetes:helm:template", result: {result: [${map}]}}]\n`;
    const { coverage, resources } = await preview(program(source, { "Pulumi.dev.fixtures.yaml": fixtures }));
    assert.deepEqual(coverage.unexpandedComponents, []);
    assert.ok(resources.some(({ name }) => name === "rendered"));
  });
});
