// Before anything of Pulumi's.
import "./lazyModules.js";

import { PolicyPack } from "@pulumi/policy";
import { CrossGuard } from "./crossguard.js";
import { rules } from "./rules/index.js";

new PolicyPack("bulkhead", {
  displayName: "Bulkhead",
  description: "What FlowMarine's platform must hold, judged before anything is deployed.",
  provider: "kubernetes",
  enforcementLevel: "mandatory",
  policies: new CrossGuard(rules).policies,
});
