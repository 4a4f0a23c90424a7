import { readFileSync } from "node:fs";
import { join } from "node:path";
import { applyAll } from "./src/apply.js";
import { manifestsDir, deploymentFile } from "./src/deployment.js";
import { Kubectl } from "./src/kubectl.js";
import { readIndex, withoutImage, titleOf } from "./src/manifests.js";
import { run } from "./src/process.js";
import { projects } from "./src/project.js";
import { deployDir, kubeconfig, kubectlProgram, repository } from "./src/settings.js";
import { generateStack } from "./src/stackFile.js";
import { writeFileSync } from "node:fs";
async function main() {
  const images = JSON.parse(readFileSync("/tmp/images.json", "utf8"));
  const project = projects["flowmarine"]!;
  const stack = generateStack(project, project.settings(images, true), join(deployDir, "flowmarine"));
  const manifests = manifestsDir("flowmarine");
  const out = await run(process.execPath, [join(repository, "preview/bin/bulkhead.js"), "preview", "--cwd", stack.dir, "--stack", "local", "--policy-pack", join(repository, "policies"), "--manifests", manifests, "--show-secrets", "--format", "table"], { env: { PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile }, timeoutSeconds: 300 });
  console.log(out.code, out.stderr.slice(-800), out.stdout.slice(-1500));
  const { objects: declared } = readIndex(manifests);
  const leftOut = withoutImage(manifests, declared, Object.values(images) as string[]);
  console.log("left out", leftOut.map(titleOf));
  const objects = declared.filter(o => !leftOut.includes(o) && o.kind !== "ValidatingAdmissionPolicyBinding");
  await applyAll(new Kubectl(kubectlProgram, kubeconfig), manifests, objects, console.log);
  const d = JSON.parse(readFileSync(deploymentFile("flowmarine"), "utf8"));
  writeFileSync(deploymentFile("flowmarine"), JSON.stringify({ ...d, images, changedSettings: stack.changed, leftOut: leftOut.map(titleOf) , objects: objects.length}, null, 2));
}
main().catch(e => { console.error(e); process.exit(1); });
