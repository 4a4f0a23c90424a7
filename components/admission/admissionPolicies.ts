import {
  type AdmissionArgs,
  type AdmissionObject,
  admissionObjects,
  environmentConfig,
  exceptionData,
  type PackConfig,
  PackConfigError,
} from "@bulkhead/policies/admission";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkText } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { addGate, declaredExceptions, knownName } from "../lib/exceptionRegister";
import { labelsOf } from "../lib/labels";

export interface AdmissionPoliciesArgs extends ComponentArgs {
  /** Where the exceptions are kept, for the API server to read: a SecureNamespace of this program, or plain text. */
  namespace: { namespaceName: pulumi.Input<string> };
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
}

export const admissionPoliciesDefaults = {
  environment: "production" as const,
  mode: "enforce" as const,
  config: {},
  trustedUsers: [],
};

const environments: readonly unknown[] = ["local", "staging", "production"];
const modes: readonly unknown[] = ["enforce", "audit"];

/**
 * The policy pack's rules in the cluster itself: the API server refuses what breaks them in the namespaces that this program makes, whoever
 * sends it. Needs Kubernetes 1.33.
 *
 * Make it before the components that have exceptions: those are collected from the program, and told to the cluster before the objects come
 * that need them. Its provider should have `enableConfigMapMutable`: without, the exceptions are gone for a moment whenever they change, and
 * nothing gets in.
 */
export class AdmissionPolicies extends Component {
  constructor(name: string, args: AdmissionPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:admission:AdmissionPolicies", name, { app: "admission", role: "policies" }, args, opts);
    const { environment, mode, config, trustedUsers } = withDefaults(admissionPoliciesDefaults, args);
    if (!environments.includes(environment))
      this.refuse(`environment must be one of ${environments.join(", ")}`, environment);
    if (!modes.includes(mode)) this.refuse(`mode must be one of ${modes.join(", ")}`, mode);
    if (!Array.isArray(trustedUsers)) this.refuse("trustedUsers must be a list", trustedUsers);
    this.checked(() => {
      for (const user of trustedUsers) checkText("trustedUsers", user, "a user name without spaces", /^\S+$/);
    });
    const { namespaceName } = Object(args.namespace) as Partial<typeof args.namespace>;
    const namespace = namespaceName === undefined ? undefined : knownName(namespaceName);
    if (namespaceName === undefined || namespace === undefined) {
      this.fail("namespace must be a SecureNamespace of this program, or have its name in plain text");
    }

    const data = pulumi.output(declaredExceptions()).apply(exceptions => exceptionData(exceptions, new Date()));
    const exceptions = this.child(k8s.core.v1.ConfigMap, "exceptions", {
      metadata: { namespace: namespaceName },
      data,
    });
    addGate(exceptions);
    const objects = this.rendered({
      name,
      config: { ...environmentConfig(environment), ...config },
      mode,
      namespaceLabels: namespaceLabels(),
      params: { name: this.childName("exceptions"), namespace },
      trustedUsers,
    });
    this.install(objects, exceptions);
    this.registerOutputs({});
  }

  private rendered(args: AdmissionArgs): AdmissionObject[] {
    try {
      return admissionObjects(args);
    } catch (error) {
      if (error instanceof PackConfigError) this.fail(error.message);
      throw error;
    }
  }

  /** A binding comes after its policy, and both after the exceptions: no policy ever holds without them. */
  private install(objects: readonly AdmissionObject[], exceptions: pulumi.Resource): void {
    const policies = new Map<string, pulumi.Resource>();
    for (const { kind, metadata, spec } of objects) {
      const suffix = metadata.name.slice(this.name.length + 1);
      const policy = policies.get(suffix);
      if (kind === "ValidatingAdmissionPolicy") {
        const made = this.child(
          k8s.admissionregistration.v1.ValidatingAdmissionPolicy,
          suffix,
          { spec },
          { dependsOn: [exceptions] },
        );
        policies.set(suffix, made);
      } else if (policy !== undefined) {
        this.child(
          k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding,
          suffix,
          { spec },
          { dependsOn: [policy] },
        );
      }
    }
  }
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
