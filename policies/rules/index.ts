import type { Rule } from "../rule.js";
import { hostNamespaces } from "./kubernetes/host-namespaces.js";
import { privilegeEscalation } from "./kubernetes/privilege-escalation.js";
import { privileged } from "./kubernetes/privileged.js";
import { readOnlyRootfs } from "./kubernetes/read-only-rootfs.js";
import { runAsNonRoot } from "./kubernetes/run-as-non-root.js";

/** Every rule of the pack, by folder and file. */
export const rules: readonly Rule[] = [hostNamespaces, privileged, privilegeEscalation, readOnlyRootfs, runAsNonRoot];
