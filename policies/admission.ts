/**
 * The pack at admission: its rules as ValidatingAdmissionPolicies, from the same rule files. Pure: rules, levels and exceptions go in,
 * Kubernetes objects come out. What `exports["./admission"]` offers; loads neither @pulumi/policy nor @pulumi/pulumi.
 */
import { literal, variableOf } from "./admissionCel.js";
import { type AdmissionException, excusedObjects, excusesIn, TooManyExceptionsError } from "./admissionExceptions.js";
import { resourceOf, type Subject, type SubjectName, subjects } from "./admissionSubjects.js";
import { type Configured, type PackConfig, readConfig } from "./config.js";
import { holdsFor } from "./judge.js";
import type { AdmissionCheck, Rule } from "./rule.js";
import { rules } from "./rules/index.js";

export { type AdmissionException, TooManyExceptionsError } from "./admissionExceptions.js";
export { type PackConfig, PackConfigError } from "./config.js";
export { environmentConfig } from "./environments.js";

/** What happens to a request that breaks a rule: refused, or let in with a warning to its sender. */
type Action = "deny" | "warn";

export interface AdmissionArgs {
  /** Beginning of the name of every object; unique in the cluster. */
  name: string;
  /** Levels and parameters of the rules, as `--policy-pack-config` takes them. @default production's */
  config?: PackConfig;
  /** `audit` warns where `enforce` refuses. @default "enforce" */
  mode?: "enforce" | "audit";
  /** Labels of the namespaces in which the policies hold. */
  namespaceLabels: Readonly<Record<string, string>>;
  /** Objects that rules do not hold for. Those that have expired, or excuse nothing at admission, are left out. @default none */
  exceptions?: readonly AdmissionException[];
  /** When it is, for what expires. @default now */
  now?: Date;
  /**
   * User names that are not judged, besides Kubernetes' own controllers: operators that make pods from what was judged, such as
   * `system:serviceaccount:cert-manager:cert-manager`. @default none
   */
  trustedUsers?: readonly string[];
}

const apiVersion = "admissionregistration.k8s.io/v1";

/** A Kubernetes object as its API takes it. */
export type AdmissionObject = { apiVersion: typeof apiVersion; metadata: { name: string } } & (
  | { kind: "ValidatingAdmissionPolicy"; spec: Record<string, unknown> }
  | { kind: "ValidatingAdmissionPolicyBinding"; spec: BindingSpec }
);

interface BindingSpec {
  policyName: string;
  validationActions: ("Deny" | "Warn" | "Audit")[];
}

/** Namespaces of Kubernetes itself, whatever their labels. */
const ownNamespaces = ["kube-system", "kube-public", "kube-node-lease"];

/** What they make comes from an object that was judged. An older control plane signs as one. */
const controllers = [
  "system:kube-controller-manager",
  ...[
    ...["cronjob-controller", "daemon-set-controller", "deployment-controller", "job-controller"],
    ...["replicaset-controller", "replication-controller", "statefulset-controller"],
  ].map(name => `system:serviceaccount:kube-system:${name}`),
];

/** The API server drops a message of more than 5,120 bytes. */
const messageLength = 4000;

/** Bytes of a policy as JSON: etcd takes 1.5 MiB, with what the API server adds. */
const policyBytes = 1_000_000;

type AdmittedRule = Rule & { admission: AdmissionCheck };

/** Whether the rule is said in CEL. */
export function isAdmitted(rule: Rule): rule is AdmittedRule {
  return rule.admission !== undefined && "of" in rule.admission;
}

/** Whether a rule judges objects of this kind at admission: an exception for any other would excuse nothing. */
export function judgesKind(ruleId: string, kind: string): boolean {
  const rule = rules.find(({ id }) => id === ruleId);
  if (rule === undefined || !isAdmitted(rule)) return false;
  return Object.values(subjects[rule.admission.of].kinds)
    .flat()
    .some(one => one === kind);
}

function actionOf(rule: Rule, configured: Configured, mode: AdmissionArgs["mode"]): Action | undefined {
  const level = configured.levelOf(rule);
  if (level === "disabled" || (rule.scope === "pod" && !holdsFor(rule, configured.standard))) return undefined;
  // What a preview would have repaired arrives here as nobody should have sent it.
  return level === "advisory" || mode === "audit" ? "warn" : "deny";
}

function constraints(
  { kinds, subresources = [] }: Subject,
  { namespaceLabels }: AdmissionArgs,
): Record<string, unknown> {
  const ruleFor = (group: string, resources: readonly string[]) => ({
    apiGroups: [group],
    apiVersions: ["v1"],
    operations: ["CREATE", "UPDATE"],
    resources,
    scope: "*",
  });
  return {
    matchPolicy: "Equivalent",
    namespaceSelector: {
      matchLabels: namespaceLabels,
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ownNamespaces }],
    },
    objectSelector: {},
    resourceRules: [
      ...Object.entries(kinds).map(([group, names]) => ruleFor(group, names.map(resourceOf))),
      ...(subresources.length === 0 ? [] : [ruleFor("", subresources)]),
    ],
  };
}

function policySpec(
  args: AdmissionArgs,
  configured: Configured,
  of: SubjectName,
  judged: readonly AdmittedRule[],
  excused: ReadonlyMap<string, readonly string[]>,
): Record<string, unknown> {
  const subject: Subject = subjects[of];
  const changed = subject.reads.map(path => {
    const [own, old] = ["object", "oldObject"].map(one => `dyn(${one}).?${path.replaceAll(".", ".?")}`);
    return `${own} != ${old}`;
  });
  const ruleVariables = judged.map(rule => {
    const context = { settings: configured.settingsOf(rule), standard: configured.standard };
    return { name: variableOf(rule.id), expression: rule.admission.problems(context) };
  });
  const excuses = excusesIn(excused, judged);
  // A rule's first problem stands for all of them, unless the object has an exception.
  const problems = judged.map(({ id }) => {
    const found = `variables.${variableOf(id)}`;
    const more = `${found}.size() == 1 ? "" : " (and " + string(${found}.size() - 1) + " more)"`;
    const isExcused = excuses.conditions.get(id) ?? "false";
    return `(${found}.size() == 0 || ${isExcused} ? [] : [${literal(`${id}: `)} + ${found}[0] + (${more})])`;
  });
  return {
    failurePolicy: "Fail",
    matchConstraints: constraints(subject, args),
    matchConditions: [
      {
        name: "not-made-from-what-was-judged",
        expression: `!(request.userInfo.username in ${literal([...controllers, ...(args.trustedUsers ?? [])])})`,
      },
      { name: "changes-what-is-judged", expression: `request.operation == "CREATE" || ${changed.join(" || ")}` },
    ],
    variables: [
      ...Object.entries(subject.variables).map(([name, expression]) => ({ name, expression })),
      ...ruleVariables,
      ...excuses.variables,
      { name: "problems", expression: problems.join(" + ") },
      { name: "message", expression: 'variables.problems.join("; ")' },
    ],
    validations: [
      {
        expression: "variables.problems.size() == 0",
        messageExpression: `variables.message.size() > ${messageLength} ? variables.message.substring(0, ${messageLength}) + "…" : variables.message`,
        message: `breaks one of the rules ${judged.map(({ id }) => id).join(", ")}`,
        reason: "Forbidden",
      },
    ],
  };
}

/** A policy and what binds it. */
function pair(
  name: string,
  spec: Record<string, unknown>,
  validationActions: BindingSpec["validationActions"],
): AdmissionObject[] {
  const size = Buffer.byteLength(JSON.stringify(spec));
  if (size > policyBytes) {
    throw new TooManyExceptionsError(
      `policy ${name}: with all exceptions it must have at most ${policyBytes} bytes, got ${size}`,
    );
  }
  return [
    { apiVersion, kind: "ValidatingAdmissionPolicy", metadata: { name }, spec },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: name, validationActions },
    },
  ];
}

/**
 * A policy and its binding for each kind of object and action. Which there are, and in what order, does not depend on the exceptions.
 *
 * @throws PackConfigError when the configuration is wrong
 * @throws TooManyExceptionsError when a policy would be more than an API server takes
 */
export function admissionObjects(args: AdmissionArgs): AdmissionObject[] {
  const { name, exceptions = [], now = new Date() } = args;
  const configured = readConfig(args.config ?? {}, rules);
  const excused = excusedObjects(
    exceptions.filter(({ rule, kind }) => judgesKind(rule, kind)),
    now,
  );
  const groups = (Object.keys(subjects) as SubjectName[]).flatMap(of =>
    (["deny", "warn"] as const).map(action => ({
      of,
      action,
      judged: rules
        .filter(isAdmitted)
        .filter(rule => rule.admission.of === of && actionOf(rule, configured, args.mode) === action),
    })),
  );
  return groups
    .filter(({ judged }) => judged.length > 0)
    .flatMap(({ of, action, judged }) =>
      pair(
        `${name}-${of.toLowerCase()}-${action}`,
        policySpec(args, configured, of, judged, excused),
        action === "deny" ? ["Deny"] : ["Warn", "Audit"],
      ),
    );
}
