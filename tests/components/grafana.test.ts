import assert from "node:assert/strict";
import { images } from "../../components/images/catalogue";
import { Alertmanager } from "../../components/observability/alertmanager";
import { Grafana, type GrafanaArgs } from "../../components/observability/grafana";
import { Loki } from "../../components/observability/loki";
import { prometheusAddress } from "../../components/observability/prometheus";
import { at, deploy, placement, refusal } from "../support/deploy";

const base = { namespace: placement, images: images() };
const password = "correct horse battery staple";

function grafana(args: Partial<GrafanaArgs>) {
  return deploy(
    opts =>
      new Grafana(
        "grafana",
        {
          ...base,
          adminPassword: password,
          prometheus: prometheusAddress("metrics", placement),
          loki: new Loki("loki", base, opts),
          alertmanager: new Alertmanager("alerts", base, opts),
          ...args,
        },
        opts,
      ),
  );
}

describe("Grafana", () => {
  it("reads the password from a file, and the file from a Secret whose name changes with it", async () => {
    const deployed = await grafana({});
    const ini = (at(deployed.get("ConfigMap", "grafana-config").inputs, "data") as Record<string, string>)[
      "grafana.ini"
    ];
    assert.match(ini ?? "", /^admin_password = \$__file\{\/run\/bulkhead\/grafana\/password\}$/m);
    const secret = deployed.get("Secret", "grafana-admin").inputs;
    assert.equal(at(secret, "stringData.password"), password);
    assert.equal(at(secret, "metadata.name"), undefined);
  });

  it("encrypts with a key of its own, not with the one that is in Grafana's source", async () => {
    const keys: (string | undefined)[] = [];
    for (const adminPassword of [password, "another"]) {
      const data = at((await grafana({ adminPassword })).get("Secret", "grafana-admin").inputs, "stringData");
      keys.push((data as Record<string, string>)["secret-key"]);
    }
    assert.match(keys[0] ?? "", /^[\w-]{43}$/);
    assert.notEqual(keys[0], keys[1]);
  });

  it("verifies each data source by the cluster's authority", async () => {
    const data = at((await grafana({})).get("ConfigMap", "grafana-config").inputs, "data") as Record<string, string>;
    const { datasources } = JSON.parse(data["datasources.yaml"] ?? "") as { datasources: Record<string, unknown>[] };
    assert.deepEqual(
      datasources.map(d => [d["url"], at(d, "jsonData.tlsAuthWithCACert"), at(d, "secureJsonData.tlsCACert")]),
      [
        "https://metrics.flowmarine.svc:9090",
        "https://loki.flowmarine.svc:3100",
        "https://alerts.flowmarine.svc:9093",
      ].map(url => [url, true, "$__file{/run/bulkhead/tls/ca.crt}"]),
    );
  });

  it("finds its provisioning files in the folders that it looks into", async () => {
    const volumes = at(
      (await grafana({})).get("StatefulSet", "grafana").inputs,
      "spec.template.spec.volumes",
    ) as object[];
    const config = volumes.find(v => at(v, "name") === "config");
    assert.deepEqual(at(config, "configMap.items"), [
      { key: "grafana.ini", path: "grafana.ini" },
      { key: "datasources.yaml", path: "provisioning/datasources/bulkhead.yaml" },
      { key: "dashboards.yaml", path: "provisioning/dashboards/bulkhead.yaml" },
    ]);
  });

  it("refuses to be opened without TLS", async () => {
    const message = await refusal(
      opts =>
        new Grafana(
          "grafana",
          {
            ...base,
            adminPassword: password,
            publicUrl: "http://grafana.example/",
            prometheus: prometheusAddress("metrics", placement),
            loki: new Loki("loki", base, opts),
            alertmanager: new Alertmanager("alerts", base, opts),
          },
          opts,
        ),
    );
    assert.equal(message, 'Grafana "grafana": publicUrl must start with https://, got "http://grafana.example/"');
  });
});
