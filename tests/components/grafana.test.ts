import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { images } from "../../components/images/catalogue";
import { Alertmanager } from "../../components/observability/alertmanager";
import { Grafana, type GrafanaArgs } from "../../components/observability/grafana";
import { Loki } from "../../components/observability/loki";
import { prometheusAddress } from "../../components/observability/prometheus";
import { at, deploy, placement, refusal } from "../support/deploy";

const base = { namespace: placement, images: images() };
const password = "correct horse battery staple";

function make(args: Partial<GrafanaArgs>, opts: pulumi.ComponentResourceOptions): Grafana {
  return new Grafana(
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
  );
}
const grafana = (args: Partial<GrafanaArgs>) => deploy(opts => make(args, opts));

async function iniOf(args: Partial<GrafanaArgs>): Promise<string> {
  const data = at((await grafana(args)).get("ConfigMap", "grafana-config").inputs, "data") as Record<string, string>;
  return data["grafana.ini"] ?? "";
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
    const message = await refusal(opts => make({ publicUrl: "http://grafana.example/" }, opts));
    assert.equal(message, 'Grafana "grafana": publicUrl must start with https://, got "http://grafana.example/"');
  });

  it("lets nobody in without a login", async () => {
    const ini = await iniOf({});
    assert.match(ini, /\[auth\.anonymous\]\nenabled = false/);
    assert.ok(!ini.includes("auth.generic_oauth"));
  });

  describe("with an identity provider", () => {
    const oidc = {
      authUrl: "https://id.example/authorize",
      tokenUrl: "https://id.example/token",
      userInfoUrl: "https://id.example/userinfo",
      clientId: "grafana",
      clientSecret: "planted",
      roleAttributePath: "contains(groups[*], 'platform') && 'Admin' || 'Viewer'",
    };
    const publicUrl = "https://grafana.example/";

    it("reads the client's secret from a file, checks the code's owner, and lets in nobody without a role", async () => {
      const ini = await iniOf({ oidc, publicUrl });
      const section = /\[auth\.generic_oauth\]\n([^]*?)\n\n/.exec(ini)?.[1] ?? "";
      for (const line of [
        "enabled = true",
        "client_secret = $__file{/run/bulkhead/grafana/oidc-client-secret}",
        "scopes = openid profile email groups",
        "use_pkce = true",
        "role_attribute_strict = true",
        "allow_assign_grafana_admin = false",
        "role_attribute_path = contains(groups[*], 'platform') && 'Admin' || 'Viewer'",
      ]) {
        assert.ok(section.split("\n").includes(line), line);
      }
    });

    it("keeps the secret in a Secret and nowhere else, and reaches the provider", async () => {
      const deployed = await grafana({ oidc, publicUrl });
      assert.equal(at(deployed.get("Secret", "grafana-admin").inputs, "stringData.oidc-client-secret"), "planted");
      const leaks = deployed.resources.filter(
        r => !r.type.endsWith(":Secret") && JSON.stringify(r.inputs).includes("planted"),
      );
      assert.deepEqual(
        leaks.map(r => r.urn),
        [],
      );
      const out = deployed.get("NetworkPolicy", "grafana-egress-identity").inputs;
      assert.deepEqual(at(out, "spec.egress.0.ports"), [{ port: 443, protocol: "TCP" }]);
    });

    const bad: [string, Partial<GrafanaArgs>, RegExp][] = [
      ["without an address that it could send people back to", { oidc }, /oidc needs publicUrl/],
      [
        "without TLS",
        { publicUrl, oidc: { ...oidc, tokenUrl: "http://id.example/token" } },
        /oidc\.tokenUrl must be a URL that starts with https:\/\//,
      ],
      [
        "with a second setting in a line break",
        { publicUrl, oidc: { ...oidc, clientId: "a\nenabled = false" } },
        /oidc\.clientId must be one line/,
      ],
      [
        "with a variable of Grafana's",
        { publicUrl, oidc: { ...oidc, roleAttributePath: "$__file{/etc/passwd}" } },
        /oidc\.roleAttributePath must be one line without \$/,
      ],
    ];
    for (const [what, args, message] of bad) {
      it(`is refused ${what}`, async () => {
        assert.match(await refusal(opts => make(args, opts)), message);
      });
    }
  });
});
