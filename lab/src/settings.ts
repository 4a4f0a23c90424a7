import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export const repository = join(__dirname, "../..");

/** Everything the lab writes: `LAB_DIR`, as in lib/settings.sh. */
export const labDir = resolve(process.env["LAB_DIR"] ?? join(repository, ".cache/lab"));

/** The cluster of somebody else that is used in place of the lab's own, if any. */
export const givenKubeconfig = process.env["LAB_KUBECONFIG"] || undefined;

export const kubeconfig = givenKubeconfig === undefined ? join(labDir, "kubeconfig") : resolve(givenKubeconfig);

const builtKubectl = join(labDir, "bin/kubectl");
export const kubectlProgram = givenKubeconfig === undefined || existsSync(builtKubectl) ? builtKubectl : "kubectl";

/** What `lab/deploy` leaves for `lab/verify`. */
export const deployDir = join(labDir, "deploy");
