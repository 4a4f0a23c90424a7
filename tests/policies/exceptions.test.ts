import assert from "node:assert/strict";
import { globMatches } from "../../policies/exceptions.js";
import { type Finding, judge } from "../../policies/findings.js";
import { compliantProgram, edit, resourcesOf } from "../../policies/samples.js";
import { unknownString } from "../../policies/value.js";

const today = new Date("2026-11-22T23:59:59Z");
const exception = { rule: "k8s-host-namespaces", reason: "node agent", owner: "platform", expires: "2026-11-22" };
const annotation = "policy.bulkhead.dev~1exceptions";
const onObject = `/web/properties/metadata/annotations/${annotation}`;
const onTemplate = `/web/properties/spec/template/metadata/annotations/${annotation}`;
const broken = { "/web/properties/spec/template/spec/hostPID": true };

function judged(edits: Record<string, unknown>, config = {}, now = today): Finding[] {
  return judge(resourcesOf(edit(compliantProgram(), edits)), config, now);
}

function shown(findings: Finding[]): string[] {
  return findings.map(({ rule, exception: given }) => `${rule}${given === undefined ? "" : " (excused)"}`);
}

describe("an exception", () => {
  for (const [where, place] of [
    ["the object", onObject],
    ["its pod template", onTemplate],
  ] as const) {
    it(`on ${where} excuses its rule until the end of its last day`, () => {
      const edits = { ...broken, [place]: JSON.stringify([exception]) };
      assert.deepEqual(shown(judged(edits)), ["k8s-host-namespaces (excused)"]);
      const [next] = judged(edits, {}, new Date("2026-11-23T00:00:00Z"));
      assert.equal(next?.exception, undefined);
    });
  }

  it("is listed with the finding that it excuses", () => {
    const [found] = judged({ ...broken, [onObject]: JSON.stringify([{ ...exception, ticket: "OPS-1" }]) });
    assert.deepEqual(found?.exception, exception);
  });

  it("on object and pod template at once counts once", () => {
    const text = JSON.stringify([{ ...exception, rule: "k8s-host-path" }]);
    assert.deepEqual(shown(judged({ [onObject]: text, [onTemplate]: text })), ["exception-unused"]);
  });

  it("excuses no other rule and no other object", () => {
    const edits = {
      ...broken,
      [onObject]: JSON.stringify([exception]),
      "/web/properties/spec/template/spec/volumes/1": { name: "logs", hostPath: { path: "/var/log" } },
      "/other": {
        type: "kubernetes:apps/v1:DaemonSet",
        properties: { metadata: { name: "o", namespace: "shop" }, spec: { template: { spec: { hostPID: true } } } },
      },
    };
    const found = judged(edits).filter(({ rule }) => ["k8s-host-namespaces", "k8s-host-path"].includes(rule));
    assert.deepEqual(
      shown(found),
      ["k8s-host-namespaces (excused)", "k8s-host-path", "k8s-host-namespaces"].sort(a =>
        a.includes("excused") ? -1 : 0,
      ),
    );
  });

  it("on one item of a list excuses only that item", () => {
    const pod = { spec: { hostPID: true } };
    const annotated = {
      ...pod,
      metadata: { annotations: { "policy.bulkhead.dev/exceptions": JSON.stringify([exception]) } },
    };
    const found = judged({ "/list": { type: "kubernetes:core/v1:PodList", properties: { items: [annotated, pod] } } });
    const host = found.filter(({ rule }) => rule === "k8s-host-namespaces");
    assert.deepEqual(
      host.map(({ path, exception: given }) => [path, given !== undefined]),
      [
        ["/items/0/spec/hostPID", true],
        ["/items/1/spec/hostPID", false],
      ],
    );
  });

  it("that has expired is a violation, and excuses nothing", () => {
    const found = judged({ ...broken, [onObject]: JSON.stringify([{ ...exception, expires: "2026-11-21" }]) });
    assert.deepEqual(shown(found), ["k8s-host-namespaces", "exception-expired"]);
    assert.match(found[1]?.message ?? "", /exception of platform from k8s-host-namespaces expired on 2026-11-21/);
  });

  it("of a rule that is disabled here is not called unused", () => {
    const edits = { [onObject]: JSON.stringify([exception]) };
    assert.deepEqual(shown(judged(edits)), ["exception-unused"]);
    assert.deepEqual(shown(judged(edits, { "k8s-host-namespaces": "disabled" })), []);
  });

  it("for what has no annotations stands in the configuration, by URN", () => {
    const edits = { "/container/properties/privileged": true, "/claim/options/protect": false };
    const config = {
      bulkhead: {
        exceptions: [
          { ...exception, rule: "docker-container", urn: "urn:pulumi:*::docker:index/container:Container::cont?iner" },
        ],
      },
    };
    assert.deepEqual(shown(judged(edits, config)), ["pulumi-protect-stateful", "docker-container (excused)"]);
    const elsewhere = { bulkhead: { exceptions: [{ ...exception, rule: "docker-container", urn: "*::staging::*" }] } };
    assert.deepEqual(shown(judged(edits, elsewhere)), [
      "pulumi-protect-stateful",
      "docker-container",
      "exception-unused",
    ]);
  });

  it("that is not known before deployment is undetermined, and excuses nothing", () => {
    const found = judged({ ...broken, [onObject]: unknownString });
    assert.deepEqual(
      found.map(({ rule, verdict }) => `${rule} ${verdict}`),
      ["k8s-host-namespaces violation", "exception-invalid undetermined"],
    );
  });

  it("that cannot be read says what is wrong with it", () => {
    const messageOf = (text: string) =>
      judged({ [onObject]: text })
        .map(({ message }) => message)
        .join();
    assert.match(messageOf("{"), /is no JSON array/);
    assert.match(messageOf('{"rule":"k8s-privileged"}'), /is no JSON array/);
    assert.match(messageOf("[3]"), /exception 1 in annotation .* is no object/);
    for (const member of ["rule", "reason", "owner", "expires"]) {
      assert.match(messageOf(JSON.stringify([{ ...exception, [member]: " " }])), new RegExp(`has no ${member}`));
    }
    assert.match(messageOf(JSON.stringify([{ ...exception, rule: "all" }])), /names a rule that does not exist: "all"/);
    assert.match(messageOf(JSON.stringify([{ ...exception, expires: "2027-02-29" }])), /expires on no date/);
  });
});

describe("a patch resource", () => {
  it("is judged by what it says, and not by what it leaves alone", () => {
    const patch = (spec: unknown) =>
      judged({
        "/patch": {
          type: "kubernetes:apps/v1:DeploymentPatch",
          properties: { metadata: { name: "x", namespace: "shop" }, spec },
        },
      })
        .filter(({ urn }) => urn.endsWith("::patch"))
        .map(({ rule }) => rule);
    const sidecar = { name: "sidecar", image: `web@sha256:${"0123456789abcdef".repeat(4)}` };
    assert.deepEqual(
      patch({ template: { spec: { containers: [sidecar] } } }).filter(rule => !rule.startsWith("k8s-netpol")),
      [],
    );
    assert.ok(
      patch({ template: { spec: { containers: [{ ...sidecar, securityContext: { privileged: true } }] } } }).includes(
        "k8s-privileged",
      ),
    );
  });
});

describe("a glob of URNs", () => {
  it("matches as a person would expect", () => {
    for (const [glob, text, expected] of [
      ["*", "", true],
      ["a*c", "abbbc", true],
      ["a*c", "abbbd", false],
      ["*::web", "urn:pulumi:p::x::web", true],
      ["a?c", "abc", true],
      ["a?c", "ac", false],
      ["a.c", "abc", false],
      ["**b*", "aab", true],
      ["abc", "abcd", false],
      ["abc*", "abc", true],
    ] as const) {
      assert.equal(globMatches(glob, text), expected, `${glob} ${text}`);
    }
  });
});
