import type { Rule } from "../rule.js";
import { container } from "./docker/container.js";
import { image } from "./docker/image.js";
import { expired } from "./exception/expired.js";
import { invalid } from "./exception/invalid.js";
import { unused } from "./exception/unused.js";
import { apparmor } from "./kubernetes/apparmor.js";
import { capabilities } from "./kubernetes/capabilities.js";
import { defaultSa } from "./kubernetes/default-sa.js";
import { deprecatedApi } from "./kubernetes/deprecated-api.js";
import { hostNamespaces } from "./kubernetes/host-namespaces.js";
import { hostPath } from "./kubernetes/host-path.js";
import { hostPorts } from "./kubernetes/host-ports.js";
import { hostProbes } from "./kubernetes/host-probes.js";
import { imageDigest } from "./kubernetes/image-digest.js";
import { imageProvenance } from "./kubernetes/image-provenance.js";
import { imagePullPolicy } from "./kubernetes/image-pull-policy.js";
import { imageRegistry } from "./kubernetes/image-registry.js";
import { imageTag } from "./kubernetes/image-tag.js";
import { labels } from "./kubernetes/labels.js";
import { nakedPod } from "./kubernetes/naked-pod.js";
import { namespace } from "./kubernetes/namespace.js";
import { pdb } from "./kubernetes/pdb.js";
import { privilegeEscalation } from "./kubernetes/privilege-escalation.js";
import { privileged } from "./kubernetes/privileged.js";
import { probes } from "./kubernetes/probes.js";
import { procMount } from "./kubernetes/proc-mount.js";
import { readOnlyRootfs } from "./kubernetes/read-only-rootfs.js";
import { replicas } from "./kubernetes/replicas.js";
import { resourceBounds } from "./kubernetes/resource-bounds.js";
import { resources } from "./kubernetes/resources.js";
import { runAsGroup } from "./kubernetes/run-as-group.js";
import { runAsNonRoot } from "./kubernetes/run-as-non-root.js";
import { runAsUser } from "./kubernetes/run-as-user.js";
import { runtimeSocket } from "./kubernetes/runtime-socket.js";
import { saToken } from "./kubernetes/sa-token.js";
import { seccomp } from "./kubernetes/seccomp.js";
import { secretConfigmap } from "./kubernetes/secret-configmap.js";
import { secretEnvLiteral } from "./kubernetes/secret-env-literal.js";
import { secretEnvRef } from "./kubernetes/secret-env-ref.js";
import { selinux } from "./kubernetes/selinux.js";
import { spread } from "./kubernetes/spread.js";
import { sysctls } from "./kubernetes/sysctls.js";
import { volumeTypes } from "./kubernetes/volume-types.js";
import { windowsHostprocess } from "./kubernetes/windows-hostprocess.js";
import { dangling } from "./network/dangling.js";
import { ingressHost } from "./network/ingress-host.js";
import { ingressSnippets } from "./network/ingress-snippets.js";
import { ingressTls } from "./network/ingress-tls.js";
import { netpolMissing } from "./network/netpol-missing.js";
import { netpolOpen } from "./network/netpol-open.js";
import { psaLabel } from "./network/psa-label.js";
import { serviceExposure } from "./network/service-exposure.js";
import { defaultProvider } from "./pulumi/default-provider.js";
import { helmReleaseOpaque } from "./pulumi/helm-release-opaque.js";
import { protectStateful } from "./pulumi/protect-stateful.js";
import { secretUnmarked } from "./pulumi/secret-unmarked.js";
import { anonymous } from "./rbac/anonymous.js";
import { clusterAdmin } from "./rbac/cluster-admin.js";
import { escalation } from "./rbac/escalation.js";
import { podCreate } from "./rbac/pod-create.js";
import { podExec } from "./rbac/pod-exec.js";
import { secrets } from "./rbac/secrets.js";
import { wildcard } from "./rbac/wildcard.js";

/** Every rule of the pack, by folder and file. Written by scripts/rules-index.mjs. */
export const rules: readonly Rule[] = [
  container,
  image,
  expired,
  invalid,
  unused,
  apparmor,
  capabilities,
  defaultSa,
  deprecatedApi,
  hostNamespaces,
  hostPath,
  hostPorts,
  hostProbes,
  imageDigest,
  imageProvenance,
  imagePullPolicy,
  imageRegistry,
  imageTag,
  labels,
  nakedPod,
  namespace,
  pdb,
  privilegeEscalation,
  privileged,
  probes,
  procMount,
  readOnlyRootfs,
  replicas,
  resourceBounds,
  resources,
  runAsGroup,
  runAsNonRoot,
  runAsUser,
  runtimeSocket,
  saToken,
  seccomp,
  secretConfigmap,
  secretEnvLiteral,
  secretEnvRef,
  selinux,
  spread,
  sysctls,
  volumeTypes,
  windowsHostprocess,
  dangling,
  ingressHost,
  ingressSnippets,
  ingressTls,
  netpolMissing,
  netpolOpen,
  psaLabel,
  serviceExposure,
  defaultProvider,
  helmReleaseOpaque,
  protectStateful,
  secretUnmarked,
  anonymous,
  clusterAdmin,
  escalation,
  podCreate,
  podExec,
  secrets,
  wildcard,
];
