import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { Deployment } from "./deployment.js";
import { buildUrn, nameOf } from "./urn.js";

/** The URNs that a resource's aliases mean, and those it inherits because its parent has aliases. */
export function aliasUrns(
  deployment: Deployment,
  resource: { type: string; name: string; parent: string },
  aliases: Alias[],
): string[] {
  const { stack, project } = deployment.settings;
  const own = aliases.map(alias => {
    const spec = alias.getSpec();
    if (spec === undefined) return alias.getUrn();
    const parent = spec.getNoparent() ? "" : spec.getParenturn() || resource.parent;
    return buildUrn(
      spec.getStack() || stack,
      spec.getProject() || project,
      parent,
      spec.getType() || resource.type,
      spec.getName() || resource.name,
    );
  });
  const parent = deployment.resources.get(resource.parent);
  const inherited = (parent?.aliases ?? []).map(alias =>
    buildUrn(stack, project, alias, resource.type, inheritedName(resource.name, parent?.name ?? "", nameOf(alias))),
  );
  return [...new Set([...own, ...inherited])];
}

/** A child that is named after its parent was named after its parent's old name too. */
function inheritedName(child: string, parent: string, oldParent: string): string {
  return parent !== "" && child.startsWith(parent) ? oldParent + child.slice(parent.length) : child;
}
