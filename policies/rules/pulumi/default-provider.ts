import { resourceRule, violation } from "../../rule.js";

/** Packages whose provider is told no cluster, account or region: it touches nothing outside the stack, or only what its resource names. */
const harmless = new Set(
  ["cloudinit", "command", "null", "pulumi", "pulumi-nodejs", "random", "std", "time", "tls"].map(
    name => `pulumi:providers:${name}`,
  ),
);

export const defaultProvider = resourceRule({
  id: "pulumi-default-provider",
  title: "Every resource names its provider",
  why: "A default provider takes cluster, account and region from whoever runs the program: the same stack lands on another cluster.",
  severity: "high",
  level: "mandatory",
  docs: "https://www.pulumi.com/docs/iac/concepts/resources/providers/#disabling-default-providers",
  remediation:
    "Create the provider in the program, and give it to the resource or its component by the option `provider` or `providers`.",
  reads: ["provider"],

  applies: ({ input }) => input.provider !== undefined && !harmless.has(input.provider.type),
  check: ({ inputs, input }) =>
    /^default(_|$)/.test(input.provider?.name ?? "")
      ? [
          violation(
            inputs,
            `must name its provider, not use the default one of ${input.provider?.type.split(":").at(-1) ?? "its package"}`,
          ),
        ]
      : [],

  examples: {
    pass: {},
    fail: { "the default one": { "/web/provider/name": "default_4_34_2" } },
  },
});
