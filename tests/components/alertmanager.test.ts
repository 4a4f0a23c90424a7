import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { images } from "../../components/images/catalogue";
import { Alertmanager, type AlertmanagerArgs } from "../../components/observability/alertmanager";
import type { Receiver } from "../../components/observability/receivers";
import { at, deploy, placement, refusal } from "../support/deploy";

const minimal: AlertmanagerArgs = { namespace: placement, images: images() };
const alertmanager = (args: Partial<AlertmanagerArgs> = {}) =>
  deploy(opts => new Alertmanager("alerts", { ...minimal, ...args }, opts));
const refused = (receiver: object) =>
  refusal(o => new Alertmanager("alerts", { ...minimal, receivers: [receiver as Receiver] }, o));

const slack = { kind: "slack", name: "team", channel: "#alerts", webhookUrl: "https://hooks.slack.com/x" } as const;
const hook = { kind: "webhook", name: "pager", url: "https://pager.example/x" } as const;

describe("Alertmanager", () => {
  it("reaches nothing outside when nobody is to be told", async () => {
    const deployed = await alertmanager();
    assert.deepEqual(deployed.all("NetworkPolicy"), []);
    assert.deepEqual(deployed.all("Secret"), []);
  });

  it("reaches each receiver, at its own addresses and port, and no other place", async () => {
    const deployed = await alertmanager({ receivers: [slack, { ...hook, to: ["10.1.2.3/32"], port: 8443 }] });
    assert.deepEqual(
      deployed
        .all("NetworkPolicy")
        .map(p => p.name)
        .sort(),
      ["alerts-egress-pager", "alerts-egress-team"],
    );
    const pager = deployed.get("NetworkPolicy", "alerts-egress-pager").inputs;
    assert.deepEqual(at(pager, "spec.egress"), [
      { to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ports: [{ port: 8443, protocol: "TCP" }] },
    ]);
  });

  it("mounts the receivers' URLs as files, which the configuration names", async () => {
    const deployed = await alertmanager({
      receivers: [slack, hook],
      watchdog: { url: pulumi.secret("https://dead.example/x") },
    });
    assert.deepEqual(at(deployed.get("Secret", "alerts-receivers").inputs, "stringData"), {
      team: slack.webhookUrl,
      pager: hook.url,
      watchdog: "https://dead.example/x",
    });
    const config = JSON.stringify(at(deployed.get("ConfigMap", "alerts-config").inputs, "data"));
    for (const name of ["team", "pager", "watchdog"]) assert.ok(config.includes(`/run/bulkhead/receivers/${name}`));
    const mounts = at(deployed.get("StatefulSet", "alerts").inputs, "spec.template.spec.containers.0.volumeMounts");
    assert.ok((mounts as { mountPath: string }[]).some(m => m.mountPath === "/run/bulkhead/receivers"));
  });

  it("refuses a receiver without its secret, and does not show the others'", async () => {
    assert.equal(
      await refused({ ...slack, webhookUrl: "" }),
      'Alertmanager "alerts": receivers[0].webhookUrl must be given',
    );
    assert.equal(await refused({ ...hook, url: undefined }), 'Alertmanager "alerts": receivers[0].url must be given');
  });

  it("refuses two receivers of one name, a name of its own, and one that is told nothing", async () => {
    const twice = { ...minimal, receivers: [slack, { ...hook, name: "team" }] };
    assert.equal(
      await refusal(o => new Alertmanager("alerts", twice, o)),
      'Alertmanager "alerts": receivers[1].name must not be taken, got "team"',
    );
    assert.match(
      await refused({ ...hook, name: "watchdog" }),
      /receivers\[0\]\.name must not be taken, got "watchdog"$/,
    );
    assert.match(await refused({ ...hook, severities: [] }), /receivers\[0\]\.severities must not be empty/);
  });

  it("refuses a channel that Slack would not know", async () => {
    assert.match(
      await refused({ ...slack, channel: "alerts" }),
      /receivers\[0\]\.channel must be #channel or @user, got "alerts"$/,
    );
  });
});
