/** Sentences and patterns that several rules share. */
export const podSecurityDocs = {
  baseline: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  restricted: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
};

/** For `reads`: this field of every container of all three lists. */
export function ofContainers(field: string): string {
  return `spec.{containers,initContainers,ephemeralContainers}[*].${field}`;
}

export const exceptionAnnotation = 'metadata.annotations["policy.bulkhead.dev/exceptions"]';
export const exceptionDocs = "https://www.pulumi.com/docs/insights/policy/";
