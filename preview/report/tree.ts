import { groupBy } from "./group.js";
import type { ReportResource } from "./report.js";

/** A component with what is inside; loose resources are only counted by kind. */
export interface TreeNode {
  type: string;
  name: string;
  urn: string;
  /** `Deployment api`, `NetworkPolicy ×4` */
  leaves: string[];
  children: TreeNode[];
  /** Resources below, this one not counted. */
  size: number;
}

const stackType = "pulumi:pulumi:Stack";

/** Components as a tree; the plain resources of each are summarised by kind. Providers and the stack itself are left out. */
export function resourceTree(resources: readonly ReportResource[]): TreeNode {
  const root: TreeNode = { type: "", name: "", urn: "", leaves: [], children: [], size: 0 };
  const byUrn = new Map(resources.map(resource => [resource.urn, resource]));
  const nodes = new Map<string, TreeNode>();
  const loose = new Map<TreeNode, ReportResource[]>();

  const parentsWithin = new Set(resources.flatMap(({ parent }) => (parent === undefined ? [] : [parent])));
  const isNode = (resource: ReportResource): boolean => resource.component || parentsWithin.has(resource.urn);

  for (const resource of resources) {
    if (resource.type !== stackType && isNode(resource)) {
      const { type, name, urn } = resource;
      nodes.set(urn, { type, name, urn, leaves: [], children: [], size: 0 });
    }
  }
  for (const resource of resources) {
    if (resource.type === stackType || resource.type.startsWith("pulumi:providers:")) continue;
    const home = (resource.parent !== undefined && nodes.get(resource.parent)) || root;
    const node = nodes.get(resource.urn);
    if (node === undefined) {
      const plain = loose.get(home);
      if (plain === undefined) loose.set(home, [resource]);
      else plain.push(resource);
    } else if (!isWithin(home, node, byUrn)) home.children.push(node);
  }
  for (const [node, plain] of loose) node.leaves = summarise(plain);
  for (const node of [root, ...nodes.values()]) node.size = (loose.get(node) ?? []).length;
  addUp(root);
  return root;
}

/** Guards against a parent that is its own descendant: a hostile or broken result must not hang a report. */
function isWithin(home: TreeNode, node: TreeNode, byUrn: Map<string, ReportResource>): boolean {
  const seen = new Set<string>();
  for (let urn: string | undefined = home.urn; urn !== undefined && urn !== ""; urn = byUrn.get(urn)?.parent) {
    if (urn === node.urn || seen.has(urn)) return true;
    seen.add(urn);
  }
  return false;
}

function addUp(node: TreeNode): number {
  for (const child of node.children) node.size += addUp(child) + 1;
  return node.size;
}

/** One of a kind is named, several are counted, in order of first appearance. */
function summarise(resources: readonly ReportResource[]): string[] {
  const byKind = groupBy(resources, resource => kindOf(resource.type));
  return [...byKind].map(([kind, same]) =>
    same.length === 1 ? `${kind} ${same[0]?.name ?? ""}` : `${kind} ×${same.length}`,
  );
}

/** `Deployment` of `kubernetes:apps/v1:Deployment` */
export function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
