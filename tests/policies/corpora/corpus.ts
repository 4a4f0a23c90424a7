import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { globMatches } from "../../../policies/exceptions.js";
import { type JudgedResource, judge, rules } from "../../../policies/findings.js";

/** Cases that other projects wrote; kept beside the repository, not in it. */
const folder = join(__dirname, "../../../../shared/corpora");

/** The corpora's names for rules that have another one here. */
const renamed: Record<string, string> = {
  "k8s-default-namespace": "k8s-namespace",
  "k8s-psp-selector": "k8s-dangling",
};

interface Case {
  corpus: string;
  case: string;
  rule: string;
  expect: "pass" | "fail" | "skip" | "mutate" | "unknown";
  objects: readonly Record<string, unknown>[];
  params?: Record<string, unknown> | null;
  /** What the other tool said of the objects. */
  alerts?: readonly { message?: string | null }[] | null;
  meta?: { admissionReview?: string | null } | null;
  mapsTo: readonly { rule: string; relation: "same" | "related" }[];
}

/** One verdict that is expected of one of our rules. */
export interface Expectation {
  corpus: string;
  /** `<case> › <rule>`, the key of a listed difference. */
  key: string;
  rule: string;
  expect: "pass" | "fail";
  resources: JudgedResource[];
  config: Record<string, unknown>;
}

export const corpora: readonly string[] = existsSync(folder)
  ? readdirSync(folder)
      .filter(name => name.endsWith(".jsonl"))
      .map(name => name.slice(0, -".jsonl".length))
  : [];

function isResource(value: unknown): value is { type: string; name: string; props: Record<string, unknown> } {
  return typeof (value as { type?: unknown }).type === "string" && "props" in (value as object);
}

function resourceOf(object: Record<string, unknown>, index: number): JudgedResource {
  if (isResource(object)) {
    return {
      urn: `urn:pulumi:test::test::${object.type}::${index}`,
      type: object.type,
      name: object.name,
      properties: object.props,
    };
  }
  const apiVersion = typeof object["apiVersion"] === "string" ? object["apiVersion"] : "v1";
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${String(object["kind"])}`;
  const { name = `#${index}` } = (object["metadata"] ?? {}) as { name?: string };
  return { urn: `urn:pulumi:test::test::${type}::${index}`, type, name, properties: object };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** A case's exemptions, said in our way: an exception in the pack's configuration for the whole resource. */
function exceptionsOf({ params, objects }: Case, rule: string): object[] {
  const images = JSON.stringify(objects).match(/(?<="image":")[^"]+/g) ?? [];
  const exemptImages = strings(params?.["exemptImages"]);
  const isExempt = images.some(image => exemptImages.some(glob => globMatches(glob, image)));
  const { excludeFor, includeFor } = (params?.["config"] ?? {}) as { excludeFor?: unknown; includeFor?: unknown };
  const isNamed = (patterns: unknown) =>
    strings(patterns).some(name => objects.some(object => new RegExp(name).test(String(object["name"]))));
  const isExcluded = isNamed(excludeFor) && !isNamed(includeFor);
  return isExempt || isExcluded
    ? [{ urn: "*", rule, reason: "exempted by the case", owner: "corpus", expires: "2999-12-31" }]
    : [];
}

function configOf(record: Case, rule: string): Record<string, unknown> {
  const { corpus } = record;
  const params = record.params ?? {};
  const standard =
    corpus === "psa"
      ? { podSecurityLevel: params["level"], podSecurityVersion: params["version"] }
      : { podSecurityLevel: /pod-security\/baseline\//.test(record.case) ? "baseline" : "restricted" };
  return {
    all: "mandatory",
    bulkhead: { ...standard, exceptions: exceptionsOf(record, rule) },
    ...parametersOf(record, rule),
  };
}

/**
 * Upstream rules that are ours with other parameters: halves of it (Kyverno splits by field or by socket what one rule judges here), or
 * stricter (safe defaults must be said).
 */
const halves: Record<string, Record<string, unknown>> = {
  "kube-linter/pdb-unhealthy-pod-eviction-policy": { explicitEviction: true },
  "kubeaudit/privileged": { explicit: true },
  "kubescape/dangling-ingress-backend": { references: ["backends"] },
  "kubescape/set-procmount-default": { explicit: true },
  "kyverno/disallow-capabilities-strict/adding-capabilities-strict": { dropAll: false },
  "kyverno/disallow-container-sock-mounts/validate-containerd-sock-mount": {
    sockets: ["/var/run/containerd/containerd.sock"],
  },
  "kyverno/disallow-container-sock-mounts/validate-crio-sock-mount": { sockets: ["/var/run/crio/crio.sock"] },
  "kyverno/disallow-container-sock-mounts/validate-docker-sock-mount": { sockets: ["/var/run/docker.sock"] },
  "kyverno/disallow-empty-ingress-host/disallow-empty-ingress-host": { forbidden: ["missing"] },
  "kyverno/no-loadbalancer-service/no-LoadBalancer": { forbidden: ["LoadBalancer"] },
  "kyverno/restrict-external-ips/check-ips": { forbidden: ["externalIPs"] },
  "kyverno/restrict-ingress-wildcard/block-ingress-wildcard": { forbidden: ["wildcard"] },
  "kyverno/restrict-nodeport/validate-nodeport": { forbidden: ["NodePort"] },
  "kyverno/restrict-wildcard-resources/wildcard-resources": { lists: ["resources"] },
  "kyverno/restrict-wildcard-verbs/wildcard-verbs": { lists: ["verbs"] },
  "kyverno/secrets-not-from-env-vars/secrets-not-from-env-vars": { sources: ["env"] },
  "kyverno/secrets-not-from-env-vars/secrets-not-from-envfrom": { sources: ["envFrom"] },
};

/** A case's own parameters, where our rule has the same ones. */
function parametersOf(record: Case, rule: string): Record<string, unknown> {
  const { corpus, rule: upstream } = record;
  const params = record.params ?? {};
  const half = halves[`${corpus}/${upstream}`];
  if (half !== undefined) return { [rule]: half };
  const repositories = strings(params["repos"]);
  switch (rule) {
    case "k8s-image-registry":
      if (upstream === "K8sDisallowedRepos") return { [rule]: { forbidden: repositories } };
      return { [rule]: { allowed: [...repositories, ...strings(params["allowedImages"])] } };
    case "k8s-service-exposure":
      return { [rule]: { allowedAddresses: strings(params["allowedIPs"]) } };
    case "rbac-anonymous":
      return {
        [rule]: {
          allowedRoles: strings(params["allowedRoles"]),
          forbidAuthenticated: params["disallowAuthenticated"] === true,
        },
      };
    default:
      return {};
  }
}

/** What a recording says: one that passed and yet has something to say did not pass. */
function expectedOf({ expect, alerts }: Case): Case["expect"] {
  return expect === "pass" && (alerts ?? []).some(({ message }) => typeof message === "string") ? "fail" : expect;
}

/** A case that brings the check that it is about tries the other tool's engine, under a name that the check shares with a rule. */
function bringsItsCheck({ params }: Case): boolean {
  return typeof params?.["schema"] === "object";
}

/** What a corpus expects of the rules that exist. */
export function expectationsOf(corpus: string): Expectation[] {
  const ids = new Set(rules.map(({ id }) => id));
  return readFileSync(join(folder, `${corpus}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map(line => JSON.parse(line) as Case)
    .filter(record => !bringsItsCheck(record))
    .flatMap(record =>
      record.mapsTo
        .filter(({ relation }) => relation === "same")
        .map(({ rule }) => renamed[rule] ?? rule)
        .filter(rule => ids.has(rule))
        .flatMap(rule => {
          const expect = expectedOf(record);
          // Nothing is updated in a preview: a rule judges what is asked for.
          if ((expect !== "pass" && expect !== "fail") || record.meta?.admissionReview === "UPDATE") return [];
          const key = `${record.case} › ${rule}`;
          return [
            {
              corpus,

              key,
              rule,
              expect,
              resources: record.objects.map(resourceOf),
              config: configOf(record, rule),
            },
          ];
        }),
    );
}

export function verdictOf({ rule, resources, config }: Expectation): "pass" | "fail" {
  return judge(resources, config).some(
    finding => finding.rule === rule && finding.verdict === "violation" && finding.exception === undefined,
  )
    ? "fail"
    : "pass";
}
