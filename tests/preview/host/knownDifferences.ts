/** A record that cannot be as the real engine's, and why. */
interface KnownDifference {
  recording: "fk" | "kubernetes" | "docker";
  /** End of the record's URN. */
  urn: string;
  kind: "res" | "stack" | "both";
  reason: string;
}

const release =
  "the provider fills in some 25 defaults of a Helm v3 Release, which hides its objects from policies anyway";
const image = "the provider hashes the build context with its own algorithm (contextDigest)";

export const knownDifferences: KnownDifference[] = [
  { recording: "fk", urn: "kubernetes:helm.sh/v3:Release::rel", kind: "both", reason: release },
  { recording: "kubernetes", urn: "kubernetes:helm.sh/v3:Release::rel", kind: "both", reason: release },
  { recording: "docker", urn: "docker:index/image:Image::app", kind: "both", reason: image },
];

/** Children that only a program on this machine can render. Where it is missing the records are missing too. */
export const renderedBy: Record<string, string[]> = {
  "kubernetes:helm.sh/v4:Chart$": ["helm"],
  "kubernetes:kustomize/v2:Directory$": ["kustomize", "kubectl"],
};
