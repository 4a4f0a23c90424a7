import assert from "node:assert/strict";
import { sourceOf } from "../../components/observability/dashboards/panel";
import { eventually } from "../data/support/run";
import { getJson } from "../logs/support/api";
import { LogStore } from "../logs/support/logStore";
import { requireProgram } from "../support/programs";
import { Folder } from "./support/folder";
import { everyPanel, filled, nameOf } from "./support/panels";

type Fields = Record<string, string>;

const audited: readonly Fields[] = [
  { k8s_audit_subresource: "exec", k8s_audit_namespace: "flowmarine", k8s_audit_name: "api-1" },
  { k8s_audit_resource: "secrets", k8s_audit_verb: "get", k8s_audit_code: "200" },
  { k8s_audit_code: "403" },
];

/** A record of each kind that a panel asks for, as the collectors hand it on. */
const records: readonly { of: string; line: string; fields: Fields }[] = [
  ...["401", "403", "429"].map(status => ({
    of: "edge",
    line: `GET / ${status}`,
    fields: { event_name: "http.access", http_response_status_code: status, client_address: "192.0.2.7" },
  })),
  { of: "edge", line: "GET /.env 444", fields: { event_name: "http.access", event_outcome: "blocked" } },
  {
    of: "api",
    line: "cannot reach the store",
    fields: { severity_text: "error", error_fingerprint: "4f2a", error_message: "cannot reach the store" },
  },
  { of: "app", line: "sent by the app itself", fields: { severity_text: "INFO" } },
  { of: "database", line: "password authentication failed", fields: { event_name: "db.auth_failed" } },
  ...audited.map(fields => ({
    of: "kube-apiserver",
    line: "{}",
    fields: { event_name: "k8s.audit", k8s_audit_user: "somebody", ...fields },
  })),
];

const asked = everyPanel.filter(({ panel }) => sourceOf(panel) === "logs");

describe("panels on a Loki that has a record of every kind", function () {
  this.timeout(180_000);
  let folder: Folder;
  let store: LogStore;

  before(async function () {
    folder = new Folder(requireProgram(this, "openssl"));
    store = await LogStore.create(this, folder);
    await store.start();
    const placed = (of: string) => ({
      service_namespace: "flowmarine",
      k8s_namespace_name: "flowmarine",
      k8s_container_name: of,
    });
    const streams = records.map(({ of, line, fields }, index) => ({
      stream: {
        service_name: of,
        // An app's own records tell its name only.
        ...(of === "app" ? {} : placed(of)),
      },
      values: [0, 1].map(times => [`${Date.now() - times * 5000}${String(index).padStart(6, "0")}`, line, fields]),
    }));
    const body = JSON.stringify({ streams });
    const { status, body: said } = await getJson(store, "/loki/api/v1/push", "text", { method: "POST", body });
    assert.equal(status, 204, String(said));
    await eventually("the records can be read", async () => {
      assert.equal((await store.lines()).length, 2 * records.length);
    });
  });
  after(async () => {
    await (store as LogStore | undefined)?.stop();
    (folder as Folder | undefined)?.remove();
  });

  it("show data, all of them, and name their series by labels that the answers have", async () => {
    const wrong: string[] = [];
    for (const each of asked) {
      const lines = each.panel.kind === "logs";
      for (const { expr, legend } of each.panel.queries) {
        if (lines) {
          const found = (await store.lines(filled(expr))).length;
          const expected = each.panel.title === "All lines" ? 2 * records.length : 1;
          if (found < expected) wrong.push(`${nameOf(each)}: ${found} lines`);
          continue;
        }
        const result = await store.value(filled(expr), Date.now());
        if (result.length === 0) wrong.push(`${nameOf(each)}: no value`);
        const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
        for (const { metric } of result) {
          wrong.push(...labels.filter(label => !(label in metric)).map(label => `${nameOf(each)}: no ${label}`));
        }
      }
    }
    assert.deepEqual(wrong, []);
    console.log(`      ${asked.length} panels ask in LogQL`);
  });
});
