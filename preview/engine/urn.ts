const stackType = "pulumi:pulumi:Stack";

/** `urn:pulumi:<stack>::<project>::<type of each ancestor component>$…$<type>::<name>`; the stack itself does not count as an ancestor. */
export function buildUrn(stack: string, project: string, parentUrn: string, type: string, name: string): string {
  const parentType = parentUrn === "" ? "" : qualifiedType(parentUrn);
  const prefix = parentType === "" || parentType === stackType ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

/** `acme:web:Web$kubernetes:core/v1:Service` */
export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** `kubernetes:core/v1:Service` */
export function typeOf(urn: string): string {
  const qualified = qualifiedType(urn);
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/** Everything after the qualified type: a name may itself contain `::`. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** `kubernetes` of `kubernetes:core/v1:Service` */
export function packageOf(type: string): string {
  return type.slice(0, type.indexOf(":"));
}

/** A provider reference is `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}
