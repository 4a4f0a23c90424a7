import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quarantineLabel } from "../../components/network/secureNamespace";
import { availability } from "../../components/observability/alerts/availability";
import { alertGroups } from "../../components/observability/alerts/index";
import { logAlertGroups } from "../../components/observability/logAlerts/index";
import { metrics } from "../../components/observability/metrics";
import { judge } from "../../policies/findings";
import { rules } from "../../policies/rules/index";
import { groupingLabelsOf, selectorsOf } from "../../scripts/promqlParts";

const folder = join(__dirname, "../../docs/runbooks/incidents");
const pages = readdirSync(folder).map(name => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]+)\\n\`\`\``, "g"))].map(([, block = ""]) => block);

/** Labels that every target has, and those that a join or a recording brings. */
const targetLabels = ["job", "instance", "namespace", "component", "app"];
/** Labels of the log store's streams, as it writes the attributes that lokiConfig.ts makes labels of. */
const streamLabels = ["k8s_namespace_name", "k8s_container_name", "service_name", "service_namespace"];
const alerts = new Set(
  [...alertGroups, availability([]), ...logAlertGroups([])].flatMap(group => group.alerts.map(({ name }) => name)),
);

describe("docs/runbooks/incidents", () => {
  it("has a page for each scenario", () => {
    const scenarios = [
      "accountTakeover",
      "compromisedContainer",
      "credentialLeak",
      "dataExfiltration",
      "ddos",
      "ransomware",
    ];
    assert.deepEqual(
      pages.map(({ name }) => name).sort(),
      scenarios.map(name => `${name}.md`),
    );
  });

  for (const { name, text } of pages) {
    it(`${name}: says signs, queries, isolation, evidence, repair and what the law asks within 72 hours`, () => {
      const titles = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      assert.deepEqual(titles, ["Signs", "Queries", "Isolate", "Evidence", "Repair", "Personal data"]);
      assert.match(text, /Within 72 hours/);
      assert.ok(text.includes(`${quarantineLabel}=true app.kubernetes.io/name- app.kubernetes.io/instance-`));
    });

    it(`${name}: its PromQL parses, and reads metrics and labels that there are`, () => {
      const queries = blocks(text, "promql");
      assert.ok(queries.length > 0);
      for (const query of queries) {
        const selectors = selectorsOf(query);
        const known = new Set([...targetLabels, ...selectors.flatMap(({ metric }) => metrics[metric]?.labels ?? [])]);
        for (const { metric, matchers } of selectors) {
          assert.ok(metric in metrics, `${metric} in ${query}`);
          for (const matcher of matchers)
            assert.ok(known.has(matcher.split(/[=!]/)[0] ?? ""), `${matcher} in ${query}`);
        }
        for (const label of groupingLabelsOf(query)) assert.ok(known.has(label), `${label} in ${query}`);
      }
    });

    it(`${name}: its LogQL asks for streams that there are`, () => {
      for (const query of blocks(text, "logql")) {
        const [, stream = ""] = /^\{([^}]+)\}/.exec(query) ?? [];
        const labels = stream.split(",").map(matcher => matcher.split(/[=!]/)[0] ?? "");
        assert.notEqual(stream, "", query);
        assert.deepEqual(
          labels.filter(label => !streamLabels.includes(label)),
          [],
          query,
        );
      }
    });

    it(`${name}: names alerts that there are`, () => {
      const [, signs = ""] = /## Signs\n([\s\S]*?)\n## /.exec(text) ?? [];
      const named = [...signs.matchAll(/\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b/g)].map(([, word = ""]) => word);
      const others = ["MariaDb"];
      assert.deepEqual(
        named.filter(word => !alerts.has(word) && !others.includes(word)),
        [],
      );
    });
  }

  it("looks into a pod by a container that the API server lets in", () => {
    // What kubectl's profile "restricted" sets (pkg/cmd/debug/profiles.go).
    const profile = {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    };
    const image = `registry.example/api:1@sha256:${"a".repeat(64)}`;
    const atAdmission = new Set(
      rules.filter(({ admission }) => admission && !("cannot" in admission)).map(({ id }) => id),
    );
    const broken = (securityContext: object): string[] => {
      const debuggers = [
        { name: "debugger", image, targetContainerName: "api", stdin: true, tty: true, securityContext },
      ];
      const spec = { containers: [], securityContext: { runAsNonRoot: true, runAsUser: 10_001 } };
      const of = (ephemeralContainers: object[]) =>
        judge([
          {
            ...{
              urn: "urn:pulumi:production::x::kubernetes:core/v1:Pod::api",
              type: "kubernetes:core/v1:Pod",
              name: "api",
            },
            properties: {
              kind: "Pod",
              metadata: { name: "api", namespace: "flowmarine" },
              spec: { ...spec, ephemeralContainers },
            },
          },
        ]).map(({ rule }) => rule);
      const before = of([]);
      return of(debuggers).filter(rule => atAdmission.has(rule) && !before.includes(rule));
    };
    assert.deepEqual(broken(profile), ["k8s-read-only-rootfs"]);
    for (const { name, text } of pages) {
      assert.match(text, /kubectl debug POD -n NAMESPACE -it --profile=restricted --custom=debug\.json /, name);
      const [, custom = ""] = /echo '(.+)' > debug\.json/.exec(text) ?? [];
      const { securityContext } = JSON.parse(custom) as { securityContext: object };
      assert.deepEqual(broken({ ...profile, ...securityContext }), [], name);
    }
  });
});
