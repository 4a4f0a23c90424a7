import { exceptionRule } from "../../rule.js";
import { exceptionAnnotation, exceptionDocs } from "../../text.js";

export const unused = exceptionRule({
  id: "exception-unused",
  title: "Every exception excuses something",
  why: "An exception that excuses nothing hides the next violation: nobody will notice when one comes.",
  severity: "low",
  level: "advisory",
  docs: exceptionDocs,
  remediation: "Remove the exception.",
  reads: [exceptionAnnotation],

  // One that has expired excuses nothing either, and is reported as that.
  check: ({ exception, isUsed }, today) =>
    exception === undefined || isUsed || exception.expires < today
      ? undefined
      : `the exception of ${exception.owner} from ${exception.rule} excuses nothing`,

  examples: {
    pass: {},
    fail: {
      "nothing to excuse": {
        "/web/properties/metadata/annotations": {
          "policy.bulkhead.dev/exceptions":
            '[{"rule":"k8s-host-namespaces","reason":"debugging","owner":"platform","expires":"2999-12-31"}]',
        },
      },
    },
  },
});
