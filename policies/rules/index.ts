import type { Rule } from "../rule.js";
import { expired } from "./exception/expired.js";
import { invalid } from "./exception/invalid.js";
import { unused } from "./exception/unused.js";
import { apparmor } from "./kubernetes/apparmor.js";
import { capabilities } from "./kubernetes/capabilities.js";
import { hostNamespaces } from "./kubernetes/host-namespaces.js";
import { hostPath } from "./kubernetes/host-path.js";
import { hostPorts } from "./kubernetes/host-ports.js";
import { hostProbes } from "./kubernetes/host-probes.js";
import { imageDigest } from "./kubernetes/image-digest.js";
import { imageTag } from "./kubernetes/image-tag.js";
import { namespace } from "./kubernetes/namespace.js";
import { privilegeEscalation } from "./kubernetes/privilege-escalation.js";
import { privileged } from "./kubernetes/privileged.js";
import { probes } from "./kubernetes/probes.js";
import { procMount } from "./kubernetes/proc-mount.js";
import { readOnlyRootfs } from "./kubernetes/read-only-rootfs.js";
import { resources } from "./kubernetes/resources.js";
import { runAsNonRoot } from "./kubernetes/run-as-non-root.js";
import { runAsUser } from "./kubernetes/run-as-user.js";
import { runtimeSocket } from "./kubernetes/runtime-socket.js";
import { saToken } from "./kubernetes/sa-token.js";
import { seccomp } from "./kubernetes/seccomp.js";
import { secretEnvLiteral } from "./kubernetes/secret-env-literal.js";
import { selinux } from "./kubernetes/selinux.js";
import { sysctls } from "./kubernetes/sysctls.js";
import { volumeTypes } from "./kubernetes/volume-types.js";
import { windowsHostprocess } from "./kubernetes/windows-hostprocess.js";
import { defaultProvider } from "./pulumi/default-provider.js";

/** Every rule of the pack, by folder and file. Written by scripts/rules-index.mjs. */
export const rules: readonly Rule[] = [
  expired,
  invalid,
  unused,
  apparmor,
  capabilities,
  hostNamespaces,
  hostPath,
  hostPorts,
  hostProbes,
  imageDigest,
  imageTag,
  namespace,
  privilegeEscalation,
  privileged,
  probes,
  procMount,
  readOnlyRootfs,
  resources,
  runAsNonRoot,
  runAsUser,
  runtimeSocket,
  saToken,
  seccomp,
  secretEnvLiteral,
  selinux,
  sysctls,
  volumeTypes,
  windowsHostprocess,
  defaultProvider,
];
