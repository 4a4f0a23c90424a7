import {
  type AdmissionArgs,
  type AdmissionException,
  type AdmissionObject,
  admissionObjects,
  environmentConfig,
  type PackConfig,
  PackConfigError,
  TooManyExceptionsError,
} from "@bulkhead/policies/admission";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkText, checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { addGate, declaredExceptions, type Gate } from "../lib/exceptionRegister";
import { labelsOf } from "../lib/labels";

export interface AdmissionPoliciesArgs extends ComponentArgs {
  /** Whose levels the rules have. @default "production" */
  environment?: "local" | "staging" | "production";
  /** `audit` warns, and says so in the audit log, where `enforce` refuses. @default "enforce" */
  mode?: "enforce" | "audit";
  /** Levels and parameters of rules that differ from the environment's, as the policy pack's configuration has them. @default {} */
  config?: PackConfig;
  /**
   * User names that are not judged: operators that make pods of what was judged, such as
   * `system:serviceaccount:cert-manager:cert-manager`. Kubernetes' own controllers are among them anyway. @default []
   */
  trustedUsers?: readonly string[];
  /**
   * How long every API server may take to hold changed policies, in seconds: an update waits so long before it sends an object with an
   * exception. They look for changes every second, and compile them. @default 3
   */
  settleSeconds?: number;
}

export const admissionPoliciesDefaults = {
  environment: "production" as const,
  mode: "enforce" as const,
  config: {},
  trustedUsers: [],
  settleSeconds: 3,
};

const environments: readonly unknown[] = ["local", "staging", "production"];
const modes: readonly unknown[] = ["enforce", "audit"];

/**
 * The policy pack's rules in the cluster itself: the API server refuses what breaks them in the namespaces that this program makes, whoever
 * sends it. Needs Kubernetes 1.33.
 *
 * Make it before the components that have exceptions: those are collected from the program, and stand in the policies before the objects
 * come that need them.
 */
export class AdmissionPolicies extends Component {
  constructor(name: string, args: AdmissionPoliciesArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:admission:AdmissionPolicies", name, { app: "admission", role: "policies" }, args, opts);
    const { environment, mode, config, trustedUsers, settleSeconds } = withDefaults(admissionPoliciesDefaults, args);
    if (!environments.includes(environment))
      this.refuse(`environment must be one of ${environments.join(", ")}`, environment);
    if (!modes.includes(mode)) this.refuse(`mode must be one of ${modes.join(", ")}`, mode);
    if (!Array.isArray(trustedUsers)) this.refuse("trustedUsers must be a list", trustedUsers);
    this.checked(() => {
      for (const user of trustedUsers) checkText("trustedUsers", user, "a user name without spaces", /^\S+$/);
      checkWhole("settleSeconds", settleSeconds, 0, 60);
    });

    const rendered = (exceptions: readonly AdmissionException[]) =>
      render({
        name,
        config: { ...environmentConfig(environment), ...config },
        mode,
        namespaceLabels: namespaceLabels(),
        trustedUsers,
        exceptions,
      });
    // Which objects there are is known at once; what they say, when the program has said what it makes.
    const policies = this.install(this.known(rendered([])), pulumi.output(declaredExceptions()).apply(rendered));
    addGate(settled(policies, settleSeconds));
    this.registerOutputs({});
  }

  private known(rendered: Rendered): readonly AdmissionObject[] {
    return "fault" in rendered ? this.fail(rendered.fault) : rendered.objects;
  }

  /** A binding comes after its policy. @returns the policies */
  private install(objects: readonly AdmissionObject[], complete: pulumi.Output<Rendered>): pulumi.Resource[] {
    const policies = new Map<string, pulumi.Resource>();
    objects.forEach(({ kind, metadata, spec }, index) => {
      const suffix = metadata.name.slice(this.name.length + 1);
      const policy = policies.get(suffix);
      if (kind === "ValidatingAdmissionPolicy") {
        const made = this.child(k8s.admissionregistration.v1.ValidatingAdmissionPolicy, suffix, {
          spec: complete.apply(all => ({ ...this.known(all)[index]?.spec })),
        });
        policies.set(suffix, made);
      } else if (policy !== undefined) {
        this.child(
          k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding,
          suffix,
          { spec },
          { dependsOn: [policy] },
        );
      }
    });
    return [...policies.values()];
  }
}

/** What came out, or why nothing did. Pulumi writes the place into an error that it passes on: each policy throws its own. */
type Rendered = { objects: readonly AdmissionObject[] } | { fault: string };

function render(args: AdmissionArgs): Rendered {
  try {
    return { objects: admissionObjects(args) };
  } catch (error) {
    if (error instanceof PackConfigError || error instanceof TooManyExceptionsError) return { fault: error.message };
    throw error;
  }
}

/** The policies when API servers judge by them. Nothing is sent at preview, so nothing is waited for. */
function settled(policies: readonly pulumi.Resource[], seconds: number): Gate {
  let gate: ReturnType<Gate> | undefined;
  return () =>
    (gate ??= pulumi.all(policies.map(({ urn }) => urn)).apply(async () => {
      if (!pulumi.runtime.isDryRun()) await new Promise(resolve => setTimeout(resolve, seconds * 1000));
      return policies;
    }));
}

/** What every SecureNamespace of this stack is labelled with, and no other namespace. */
function namespaceLabels(): Record<string, string> {
  const { "app.kubernetes.io/part-of": system = "", "bulkhead.dev/stack": stack = "" } = labelsOf("", "", "namespace");
  return {
    "app.kubernetes.io/part-of": system,
    "bulkhead.dev/stack": stack,
    "app.kubernetes.io/component": "namespace",
  };
}
