import type { Finding } from "../../../preview/finding.js";
import { buildReport, type ReportOptions, type RunInput } from "../../../preview/report/build.js";
import type { Report } from "../../../preview/report/report.js";
import type { PreviewResult, ResourceRecord, RuleInfo } from "../../../preview/result.js";

/** A preview that found nothing, of one component with one Deployment in it. */
export function result(edits: Partial<PreviewResult> = {}): PreviewResult {
  return {
    project: "shop",
    stack: "production",
    organization: "organization",
    mode: "one-process",
    resources: [stackRecord, component("api"), child("api")],
    outputs: { url: "https://shop.example.com" },
    findings: [],
    rules: [rule()],
    coverage: {
      unhandledInvokes: [],
      unexpandedComponents: [],
      missingStackReferences: [],
      unhandledReads: [],
      ignored: [],
    },
    logs: [],
    toBeSet: [],
    secrets: [],
    timings: { load: 100, import: 200, program: 300, policy: 400, total: 1000 },
    ...edits,
  };
}

const bare = {
  custom: true,
  remote: false,
  inputs: {},
  outputs: {},
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  retainOnDelete: false,
  aliases: [],
};

const stackUrn = "urn:pulumi:production::shop::pulumi:pulumi:Stack::shop-production";
const stackRecord: ResourceRecord = {
  ...bare,
  urn: stackUrn,
  type: "pulumi:pulumi:Stack",
  name: "shop-production",
  custom: false,
};

export function component(name: string, edits: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    ...bare,
    urn: `urn:pulumi:production::shop::shop:web:Service::${name}`,
    type: "shop:web:Service",
    name,
    custom: false,
    parent: stackUrn,
    ...edits,
  };
}

/** A Kubernetes object inside of the component of that name. */
export function child(name: string, kind = "apps/v1:Deployment", edits: Partial<ResourceRecord> = {}): ResourceRecord {
  const [apiVersion, shortKind] = kind.replace("core/", "").split(":");
  return {
    ...bare,
    urn: `urn:pulumi:production::shop::shop:web:Service$kubernetes:${kind}::${name}`,
    type: `kubernetes:${kind}`,
    name,
    parent: `urn:pulumi:production::shop::shop:web:Service::${name}`,
    inputs: { apiVersion, kind: shortKind, metadata: { name, namespace: "shop" } },
    source: { file: "components/service.ts", line: 40, column: 5 },
    programSource: { file: "index.ts", line: 12, column: 13 },
    ...edits,
  };
}

export function rule(edits: Partial<RuleInfo> = {}): RuleInfo {
  return {
    id: "run-as-non-root",
    pack: "@shop/policies",
    title: "Containers run as a user other than root",
    severity: "high",
    level: "mandatory",
    docs: "https://docs.example.com/run-as-non-root",
    remediation: "Set securityContext.runAsNonRoot to true.",
    ...edits,
  };
}

export function finding(edits: Partial<Finding> = {}): Finding {
  return {
    rule: "run-as-non-root",
    verdict: "violation",
    severity: "high",
    level: "mandatory",
    message: 'Service "api": container "api" may run as root',
    urn: child("api").urn,
    type: "kubernetes:apps/v1:Deployment",
    path: "/spec/template/spec/containers/0",
    source: { file: "components/service.ts", line: 40, column: 5 },
    ...edits,
  };
}

export const exception = {
  rule: "run-as-non-root",
  reason: "an agent of the vendor",
  owner: "platform",
  expires: "2030-01-31",
};

export function run(edits: Partial<PreviewResult> = {}, more: Partial<RunInput> = {}): RunInput {
  const made = result(edits);
  return {
    title: `${made.project}/${made.stack}`,
    baseDir: "/repository/infra",
    definedIn: "Pulumi.yaml",
    result: made,
    ...more,
  };
}

export function report(runs: RunInput | RunInput[], options: Partial<ReportOptions> = {}): Report {
  return buildReport([runs].flat(), {
    command: "preview",
    version: "1.2.3",
    root: "/repository",
    strict: false,
    failOn: [],
    ...options,
  });
}
