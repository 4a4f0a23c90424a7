import assert from "node:assert/strict";
import { judge } from "../../policies/findings.js";
import type { Edits } from "../../policies/rule.js";
import { compliantProgram, edit, resourcesOf } from "../../policies/samples.js";
import { secretSignature, signatureKey, unknownString } from "../../policies/value.js";

const allOn = { all: "mandatory" };

function refuse(): never {
  throw new Error("correct-horse-battery");
}

/** Where anybody could stand in a program's inputs that no file and no wire can carry, but a program can. */
const members = ["metadata", "spec", "containers", "name", "annotations", "labels", "data", "image", "rules", "value"];
const getters = Object.defineProperties(
  {},
  Object.fromEntries(members.map(name => [name, { enumerable: true, get: refuse }])),
);
const proxy = new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse });
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const sparse = [{ name: "a" }, { name: "b" }];
sparse.length = 4;

const values: Readonly<Record<string, unknown>> = {
  "getters that throw": getters,
  "a list that throws": new Proxy([1, 2], { get: refuse }),
  "a proxy that throws": proxy,
  "a proxy that is no more": revoked.proxy,
  "a list with holes": sparse,
  "a list that holds a proxy": [proxy],
  "a secret that throws": { [signatureKey]: secretSignature, value: proxy },
  "a symbol": Symbol("x"),
  "a bigint": 10n,
  "no number": Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  "a date that is none": new Date(Number.NaN),
  "a date": new Date(0),
  bytes: Buffer.from("correct horse"),
  "a function": refuse,
  "a map": new Map([["name", "x"]]),
  "a pattern": /x/,
  "a text in a box": new Object("nginx"),
  "no prototype": Object.assign(Object.create(null) as object, { name: "x" }),
  "a text that throws": { toString: refuse, valueOf: refuse, toJSON: refuse, [Symbol.toPrimitive]: refuse },
  "half a character": "\ud800",
};

/** Every place of the compliant program, as path of keys from the resource's name. */
function placesOf(value: unknown, path: string[]): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]))];
}
const places = Object.entries(compliantProgram()).flatMap(([name, { properties }]) =>
  placesOf(properties, [name, "properties"]),
);

function put(target: object, path: readonly string[], value: unknown): void {
  const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string, object>)[key] ?? {}, target);
  (holder as Record<string, unknown>)[path.at(-1) ?? ""] = value;
}

describe("judge, on values that only a program can make", () => {
  for (const [name, value] of Object.entries(values)) {
    it(`never throws, no rule fails and nothing leaks, wherever ${name} stands`, function () {
      this.timeout(60_000);
      for (const place of places) {
        const program = compliantProgram();
        put(program, place, value);
        const found = JSON.stringify(judge(resourcesOf(program), allOn));
        assert.ok(!found.includes("internal error"), `${place.join(".")}: ${found}`);
        assert.ok(!found.includes("correct-horse-battery"), place.join("."));
      }
    });
  }

  it("takes what throws for not known, and so passes nothing by it", () => {
    const pod = ["web", "properties", "spec", "template", "spec"];
    const decisive: [rule: string, place: string[]][] = [
      ["k8s-privileged", [...pod, "containers", "0", "securityContext"]],
      ["k8s-host-namespaces", pod],
      ["k8s-image-digest", [...pod, "containers"]],
      ["k8s-service-exposure", ["service", "properties", "spec"]],
      ["rbac-secrets", ["role", "properties", "rules"]],
    ];
    for (const [rule, place] of decisive) {
      const isList = ["containers", "rules"].includes(place.at(-1) ?? "");
      for (const value of [proxy, revoked.proxy, ...(isList ? [new Proxy([{}], { get: refuse })] : [])]) {
        const program = compliantProgram();
        put(program, place, value);
        const verdicts = judge(resourcesOf(program), allOn).filter(one => one.rule === rule);
        assert.deepEqual([...new Set(verdicts.map(({ verdict }) => verdict))], ["undetermined"], rule);
      }
    }
  });

  it("leaves every place's secret out of what it says, and says nothing else of an unknown there", () => {
    const word = "correct-horse-battery";
    for (const place of places) {
      const program = compliantProgram();
      put(program, place, { [signatureKey]: secretSignature, value: word });
      assert.ok(!JSON.stringify(judge(resourcesOf(program), allOn)).includes(word), place.join("."));
      put(program, place, { [signatureKey]: secretSignature, value: unknownString });
      const secret = judge(resourcesOf(program), allOn).map(({ rule, verdict, path }) => `${rule} ${verdict} ${path}`);
      put(program, place, unknownString);
      const plain = judge(resourcesOf(program), allOn).map(({ rule, verdict, path }) => `${rule} ${verdict} ${path}`);
      // What is not marked as a secret may be one that should be.
      assert.deepEqual(
        secret,
        plain.filter(one => !one.startsWith("pulumi-secret-unmarked")),
        place.join("."),
      );
    }
  });

  it("finds no rule's table in a group, version or kind that every object has a member of", () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      for (const type of [`${name}/v1:Pod`, `apps/${name}:Deployment`, `apps/v1:${name}`, `${name}/${name}:${name}`]) {
        const program = {
          ...compliantProgram(),
          x: { type: `kubernetes:${type}`, properties: { metadata: { name } } },
        };
        const found = judge(resourcesOf(program), allOn).filter(({ urn }) => urn.endsWith("::x"));
        assert.ok(!found.some(({ message }) => /internal error|Kubernetes 1\./.test(message)), type);
      }
    }
  });
});

/** CPU time of judging, in microseconds: the lesser of two runs. */
function costOf(edits: Edits): number {
  const resources = resourcesOf(edit(compliantProgram(), edits));
  const runs = [1, 2].map(() => {
    const before = process.cpuUsage();
    judge(resources, allOn);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...runs);
}

/** Eight times the input costs eight times as much, or sixty-four times where something looks at all pairs. */
const growth = 8;
const mostGrowth = 24;
/** What costs less than this, in microseconds, hides any growth; and matters to nobody. */
const unnoticed = 40_000;

function assertLinear(what: string, editsOf: (size: number) => Edits, size: number): void {
  const large = costOf(editsOf(size * growth));
  if (large < unnoticed) return;
  const ratio = large / Math.max(costOf(editsOf(size)), unnoticed / growth);
  assert.ok(ratio < mostGrowth, `${what}: eight times the input took ${ratio.toFixed(1)} times the time`);
}

describe("the time that judge takes", () => {
  const pod = "/web/properties/spec/template/spec";
  const list = (item: (index: number) => unknown) => (size: number) =>
    Array.from({ length: size }, (_, at) => item(at));
  const lists: Readonly<Record<string, (size: number) => unknown>> = {
    [`${pod}/containers`]: list(at => ({ name: `c${at}`, image: "web" })),
    [`${pod}/containers/0/env`]: list(at => ({ name: `TOKEN${at}`, value: "x" })),
    [`${pod}/volumes`]: list(at => ({ name: `v${at}`, hostPath: { path: "/run/docker.sock" } })),
    "/deny/properties/spec/egress": list(at => ({ to: [{ ipBlock: { cidr: `10.0.${at % 256}.0/24` } }] })),
    "/ingress/properties/spec/rules": list(at => ({ host: `h${at}.example.com`, http: { paths: [{ path: "/" }] } })),
    "/ingress/properties/spec/tls": list(at => ({ hosts: [`h${at}.example.com`] })),
    "/ingress/properties/spec": size => ({
      rules: list(at => ({ host: `h${at}.example.com`, http: { paths: [{ path: "/" }] } }))(size),
      tls: list(at => ({ hosts: [`h${at}.example.org`] }))(size),
    }),
    "/role/properties/rules": list(() => ({ apiGroups: [""], resources: ["secrets", "pods/exec"], verbs: ["*"] })),
    "/binding/properties/subjects": list(() => ({ kind: "Group", name: "system:masters" })),
    "/settings/properties/data": size =>
      Object.fromEntries(list(at => [`password${at}`, "horse"])(size) as [string, string][]),
    "/image/properties/build/args": size =>
      Object.fromEntries(list(at => [`TOKEN${at}`, "x"])(size) as [string, string][]),
  };
  for (const [place, make] of Object.entries(lists)) {
    it(`grows with the length of ${place} and no faster`, function () {
      this.timeout(120_000);
      assertLinear(place, size => ({ [place]: make(size) }), 600);
    });
  }

  const stacks: Readonly<Record<string, (at: number) => [type: string, properties: object]>> = {
    "Deployments and autoscalers": at =>
      at % 2 === 0
        ? ["apps/v1:Deployment", { metadata: { name: `d${at}`, namespace: "shop" }, spec: { replicas: 1 } }]
        : [
            "autoscaling/v2:HorizontalPodAutoscaler",
            {
              metadata: { name: `d${at - 1}`, namespace: "shop" },
              spec: { scaleTargetRef: { kind: "Deployment", name: `d${at - 1}` }, minReplicas: 2 },
            },
          ],
    "Services and Ingresses": at =>
      at % 2 === 0
        ? ["core/v1:Service", { metadata: { name: `s${at}`, namespace: "shop" }, spec: { ports: [{ port: 80 }] } }]
        : [
            "networking.k8s.io/v1:Ingress",
            {
              metadata: { name: `s${at}`, namespace: "shop" },
              spec: { defaultBackend: { service: { name: `s${at - 1}`, port: { number: 80 } } } },
            },
          ],
    "pods and policies that select them": at =>
      at % 2 === 0
        ? ["core/v1:Pod", { metadata: { name: `p${at}`, namespace: "shop", labels: { app: `a${at}` } }, spec: {} }]
        : [
            "networking.k8s.io/v1:NetworkPolicy",
            { metadata: { namespace: "shop" }, spec: { podSelector: { matchLabels: { app: `a${at - 1}` } } } },
          ],
  };
  for (const [what, make] of Object.entries(stacks)) {
    it(`grows with the number of ${what} and no faster`, function () {
      this.timeout(120_000);
      const editsOf = (size: number): Edits =>
        Object.fromEntries(
          Array.from({ length: size }, (_, at) => make(at)).map(([type, properties], at) => [
            `/r${at}`,
            { type: `kubernetes:${type}`, properties },
          ]),
        );
      assertLinear(what, size => ({ ...editsOf(size), "/deny": undefined }), 200);
    });
  }

  it("grows with the length of a text and no faster, whatever the text repeats", function () {
    this.timeout(120_000);
    const parts = [
      "a",
      "/",
      ":",
      "@",
      "-",
      "0",
      " ",
      "\n",
      "a:",
      "x.",
      "://",
      "a://",
      "eyJ",
      "eyJa.",
      "FROM ",
      "COPY --a ",
    ];
    for (const part of [...parts, "--from=", "-----BEGIN ", "$(", "0a", "../", "_password", "::", "0.0.0.0/0,"]) {
      const editsOf = (size: number): Edits => {
        const text = part.repeat(size);
        return {
          [`${pod}/containers/0/image`]: text,
          [`${pod}/containers/0/env`]: [{ name: text, value: text }],
          [`${pod}/volumes/0`]: { name: text, hostPath: { path: `/${text}` } },
          [`${pod}/containers/0/resources/limits/cpu`]: text,
          "/deny/properties/spec/egress": [{ to: [{ ipBlock: { cidr: text, except: [text] } }] }],
          "/ingress/properties/spec/rules/0/host": text,
          "/settings/properties/data": { conf: text, [text]: text },
          "/base": {
            type: "docker-build:index:Image",
            properties: { dockerfile: { inline: `FROM ${text}\n${text}` } },
          },
          "/container/properties/user": text,
          "/container/properties/securityOpts": [text],
        };
      };
      assertLinear(JSON.stringify(part), editsOf, 4000);
    }
  });
});
