import assert from "node:assert/strict";
import fc from "fast-check";
import { type AdmissionException, type AdmissionObject, admissionObjects } from "../../policies/admission.js";
import { credentialForms } from "../../policies/credentials.js";
import { compliantPod, compliantProgram, edit } from "../../policies/samples.js";
import { judged, policiesOf, type Request, requireOracle } from "./admission/oracle.js";
import { type Json, place } from "./admission/verdicts.js";

const trusted = "system:serviceaccount:cert-manager:cert-manager";
const config = { all: "mandatory" };
const all = (exceptions: readonly AdmissionException[] = []) =>
  policiesOf(admissionObjects({ ...place, name: "x", config, trustedUsers: [trusted], exceptions }));

function deployment(edits: Record<string, unknown> = {}): Json {
  const { web } = edit(compliantProgram(), edits, "/web/properties");
  return web?.properties ?? {};
}
const pod = (edits: Record<string, unknown> = {}): Json =>
  edit(JSON.parse(JSON.stringify(compliantPod)) as Json, {
    "/metadata/ownerReferences": [{ kind: "x", name: "x", uid: "x" }],
    ...edits,
  });
const template = "/spec/template/spec";
const privileged = { [`${template}/containers/0/securityContext/privileged`]: true };

/** Short enough to be among what is searched of each of thousands of texts. */
const credentialSample = "a1://:x@";

/** What the API server says to a request: the message of its refusal, "" for none. */
function answer(request: Request, policies: readonly AdmissionObject[] = all()): string {
  const [{ decisions = {}, unreadable } = {}] = judged(policies, [request]);
  if (unreadable !== undefined) throw new Error(unreadable);
  return Object.values(decisions)
    .map(({ message }) => message)
    .join("\n");
}

describe("a request to the API server", () => {
  before(function () {
    requireOracle(this);
  });

  it("for a compliant object goes through, whatever its kind", () => {
    for (const { type, properties } of Object.values(compliantProgram())) {
      if (!type.startsWith("kubernetes:") || "stringData" in properties) continue;
      assert.equal(answer({ object: properties, operation: "CREATE" }), "", type);
    }
  });

  it("is refused with every rule that it breaks, by id, and with the container's name", () => {
    const object = deployment({ ...privileged, [`${template}/hostPID`]: true });
    const message = answer({ object, operation: "CREATE" });
    assert.equal(
      message,
      'k8s-host-namespaces: the pod must not set hostPID to true; k8s-privileged: container "web" must not be privileged',
    );
  });

  it("for a large ConfigMap is judged within what CEL may cost: many texts, long ones, and beginnings of every credential", () => {
    const entries = (count: number, name: string, value: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value]));
    const beginnings = credentialForms.flatMap(({ fixed }) => fixed).join(" ");
    for (const data of [
      entries(1, "text", "x ".repeat(400_000)),
      entries(1, "text", `${beginnings} `.repeat(3000)),
      entries(500, "text", "https://example.com:443/ ".repeat(70)),
      entries(3000, "password", "to be chosen ".repeat(20)),
    ]) {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "shop" }, data };
      assert.equal(answer({ object, operation: "CREATE" }), "");
      const [first = ""] = Object.keys(data);
      const worse = { ...object, data: { ...data, [first]: `${credentialSample} ${data[first] ?? ""}` } };
      assert.match(answer({ object: worse, operation: "CREATE" }), /k8s-secret-configmap: must not hold a credential/);
    }
  });

  it("says how many problems of one rule there are, and never more than fits into an answer", () => {
    const bad = { name: "long-name", securityContext: { privileged: true } };
    const object = deployment({
      [`${template}/containers`]: Array.from({ length: 40 }, (_, i) => ({ ...bad, name: `c${i}` })),
    });
    const message = answer({ object, operation: "CREATE" });
    assert.match(message, /k8s-privileged: container "c0" must not be privileged \(and 39 more\)/);
    assert.ok(Buffer.byteLength(message) < 5120);
  });

  it("that leaves what is judged as it is goes through: labels, finalizers, the number of an object that breaks rules already", () => {
    const bad = deployment(privileged);
    const labelled = edit(JSON.parse(JSON.stringify(bad)) as Json, {
      "/metadata/labels/x": "y",
      "/metadata/finalizers": [],
    });
    assert.equal(answer({ object: labelled, oldObject: bad, operation: "UPDATE" }), "");
    const changed = deployment({ ...privileged, "/spec/replicas": 3 });
    assert.match(answer({ object: changed, oldObject: bad, operation: "UPDATE" }), /k8s-privileged/);
    assert.match(answer({ object: bad, oldObject: deployment(), operation: "UPDATE" }), /k8s-privileged/);
  });

  it("for a debug container is judged like any other", () => {
    const debug = { name: "debug", image: "busybox" };
    const request = { oldObject: pod(), operation: "UPDATE" as const, subresource: "ephemeralcontainers" };
    const message = answer({ ...request, object: pod({ "/spec/ephemeralContainers": [debug] }) });
    assert.match(message, /k8s-image-tag: container "debug"/);
    assert.doesNotMatch(message, /k8s-resources|k8s-probes/);
  });

  it("of Kubernetes' controllers and of operators that are trusted is not judged; an owner reference alone helps nobody", () => {
    const object = pod({ "/spec/hostPID": true });
    for (const username of [
      "system:serviceaccount:kube-system:replicaset-controller",
      "system:kube-controller-manager",
      trusted,
    ])
      assert.equal(answer({ object, operation: "CREATE", username }), "", username);
    for (const username of ["dev", "system:serviceaccount:shop:replicaset-controller"])
      assert.match(answer({ object, operation: "CREATE", username }), /k8s-host-namespaces/, username);
  });

  describe("for an object with an exception", () => {
    const excused = {
      ...{ rule: "k8s-privileged", reason: "needs it", owner: "platform", expires: "2999-12-31" },
      ...{ kind: "Deployment", namespace: "shop", name: "web" },
    };
    const policies = (...exceptions: object[]) => all(exceptions.map(more => ({ ...excused, ...more })));
    const request = { object: deployment(privileged), operation: "CREATE" as const };

    it("goes through, and breaks no other rule by it", () => {
      assert.equal(answer(request, policies({})), "");
      const worse = deployment({ ...privileged, [`${template}/hostPID`]: true });
      assert.equal(
        answer({ ...request, object: worse }, policies({})),
        "k8s-host-namespaces: the pod must not set hostPID to true",
      );
    });

    it("is refused where the exception is another's", () => {
      for (const other of [
        { name: "web2" },
        { name: "we" },
        { namespace: "shop2" },
        { kind: "StatefulSet" },
        { rule: "k8s-host-path" },
      ])
        assert.match(answer(request, policies(other)), /k8s-privileged/, JSON.stringify(other));
    });

    it("goes through by the beginning of its name, where the exception ends with a star", () => {
      assert.equal(answer(request, policies({ name: "we*" })), "");
      assert.match(answer(request, policies({ name: "web-*" })), /k8s-privileged/);
    });

    it("is refused where it brings the exception itself: annotations are not trusted", () => {
      const annotation = JSON.stringify([{ rule: "k8s-privileged", reason: "x", owner: "x", expires: "2999-12-31" }]);
      const annotations = { "policy.bulkhead.dev/exceptions": annotation };
      const object = deployment({
        ...privileged,
        "/metadata/annotations": annotations,
        [`/spec/template/metadata/annotations`]: annotations,
      });
      assert.match(answer({ object, operation: "CREATE" }), /k8s-privileged/);
    });

    it("in no namespace goes through: a namespace for what sees the node", () => {
      const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
      const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "node", labels } };
      assert.match(answer({ object, operation: "CREATE" }), /k8s-psa-label/);
      const own = { rule: "k8s-psa-label", kind: "Namespace", namespace: "", name: "node" };
      assert.equal(answer({ object, operation: "CREATE" }, policies(own)), "");
    });

    it("goes through whatever the name holds, and lets nothing else through by it: names are text, never CEL", () => {
      const names = [
        '" || true || "',
        '"] || true || "" in ["',
        "\\",
        "a\\",
        "*",
        "a*b",
        "\n",
        "\u0000",
        "\u2028",
        "${x}",
        "\ud800",
        "🚢",
      ];
      const name = fc.oneof(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 20 }), fc.string());
      // A star at the end means more than one name.
      const hostile = fc.sample(name, 300).filter(one => !one.endsWith("*"));
      const requests = [...hostile, "web"].map(one => ({
        object: deployment({ ...privileged, "/metadata/name": one }),
        operation: "CREATE" as const,
      }));
      const answers = judged(policies(...hostile.map(one => ({ name: one }))), requests);
      const refused = answers.map(({ decisions = {} }) => Object.values(decisions).map(({ message }) => message));
      assert.deepEqual(
        hostile.filter((_, index) => refused[index]?.length !== 0),
        [],
      );
      assert.match(String(refused.at(-1)), /^k8s-privileged: /);
    });
  });

  describe("of the largest size", () => {
    it("costs no more than the API server allows: a pod of 100 containers with 50 variables each", () => {
      const env = Array.from({ length: 50 }, (_, i) => ({
        name: `SOME_SETTING_OF_THE_PROGRAM_${i}`,
        value: "x".repeat(200),
      }));
      const [container] = (compliantPod.spec.containers as unknown[]).slice(0, 1);
      const containers = Array.from({ length: 100 }, (_, i) => ({ ...(container as object), name: `c${i}`, env }));
      assert.equal(answer({ object: deployment({ [`${template}/containers`]: containers }), operation: "CREATE" }), "");
    });

    it("costs no more with as many exceptions as a policy can hold, whole names and beginnings of names", () => {
      const exceptions = Array.from({ length: 1200 }, (_, i) => ({
        ...{ rule: "k8s-privileged", reason: "x", owner: "x", expires: "2999-12-31" },
        ...{ kind: "Deployment", namespace: "shop", name: `${"x".repeat(40)}-${i}${i % 2 === 0 ? "*" : ""}` },
      }));
      const named = (name: string) =>
        answer({ object: deployment({ ...privileged, "/metadata/name": name }), operation: "CREATE" }, all(exceptions));
      assert.equal(named(`${"x".repeat(40)}-1199`), "");
      assert.equal(named(`${"x".repeat(40)}-1198-abc`), "");
      assert.match(named("web"), /^k8s-privileged: container "web" must not be privileged$/);
    });

    it("nor does a ConfigMap of a megabyte, in one entry or in a thousand", () => {
      const of = (data: Record<string, string>) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "x", namespace: "shop" },
        data,
      });
      const entries = Array.from({ length: 1000 }, (_, i): [string, string] => [
        `dashboard-${i}.json`,
        "x y ".repeat(250),
      ]);
      for (const data of [{ "a.json": "x y ".repeat(250_000) }, Object.fromEntries(entries)])
        assert.equal(answer({ object: of(data), operation: "CREATE" }), "");
      assert.match(
        answer({ object: of({ ...Object.fromEntries(entries), password: "horse" }), operation: "CREATE" }),
        /k8s-secret-configmap/,
      );
    });
  });
});
