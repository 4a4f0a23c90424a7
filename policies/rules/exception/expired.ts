import { exceptionRule } from "../../rule.js";
import { exceptionAnnotation, exceptionDocs } from "../../text.js";

export const expired = exceptionRule({
  id: "exception-expired",
  title: "No exception outlives its last day",
  why: "An exception was given for a time. When that is over, somebody has to look again: renew it on purpose, or repair what it excused.",
  severity: "high",
  level: "mandatory",
  docs: exceptionDocs,
  remediation:
    "Repair what the exception excused and remove it, or let its owner give a new last day with a reason that still holds.",
  reads: [exceptionAnnotation],

  check: ({ exception }, today) =>
    exception === undefined || exception.expires >= today
      ? undefined
      : `the exception of ${exception.owner} from ${exception.rule} expired on ${exception.expires}`,

  examples: {
    pass: {},
    fail: {
      "a day in the past": {
        "/web/properties/spec/template/spec/hostPID": true,
        "/web/properties/metadata/annotations": {
          "policy.bulkhead.dev/exceptions":
            '[{"rule":"k8s-host-namespaces","reason":"debugging","owner":"platform","expires":"2020-01-31"}]',
        },
      },
    },
  },
  overlaps: ["k8s-host-namespaces"],
});
