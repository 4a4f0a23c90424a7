/** Where our rule rightly gives another verdict than a corpus expects. Reviewed one by one; the test fails for any other difference. */
export interface Difference {
  reason: string;
  /** `<case> › <our rule>` */
  cases: readonly string[];
}

export const differences: Readonly<Record<string, readonly Difference[]>> = {
  kubescape: [
    {
      reason:
        "accepts any algorithm name and a digest of one letter: the grammar of references asks for 32 digits at least, and no runtime knows the algorithm",
      cases: ["image-not-pinned-to-digest/pod-short-custom-digest › k8s-image-digest"],
    },
  ],
};
