import { exceptionRule } from "../../rule.js";
import { exceptionAnnotation, exceptionDocs } from "../../text.js";

export const invalid = exceptionRule({
  id: "exception-invalid",
  title: "Every exception says rule, reason, owner and last day",
  why: "An exception that cannot be read excuses nothing, and its author believes that it does.",
  severity: "high",
  level: "mandatory",
  docs: exceptionDocs,
  remediation:
    'Write a JSON array of {"rule", "reason", "owner", "expires": "YYYY-MM-DD"}; components take it as their argument `exceptions`.',
  reads: [exceptionAnnotation],
  judgesUnknown: true,

  check: ({ fault }) => fault,

  examples: {
    pass: {},
    fail: {
      "no JSON": { "/web/properties/metadata/annotations": { "policy.bulkhead.dev/exceptions": "k8s-host-path" } },
      "no owner": {
        "/web/properties/metadata/annotations": {
          "policy.bulkhead.dev/exceptions": '[{"rule":"k8s-host-path","reason":"logs","expires":"2999-12-31"}]',
        },
      },
      "a rule that does not exist": {
        "/web/properties/metadata/annotations": {
          "policy.bulkhead.dev/exceptions":
            '[{"rule":"k8s-hostpath","reason":"logs","owner":"platform","expires":"2999-12-31"}]',
        },
      },
      "a day that does not exist": {
        "/web/properties/metadata/annotations": {
          "policy.bulkhead.dev/exceptions":
            '[{"rule":"k8s-host-path","reason":"logs","owner":"platform","expires":"2999-02-30"}]',
        },
      },
    },
  },
});
