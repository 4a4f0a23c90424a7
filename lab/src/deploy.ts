// Called by lab/deploy: PROJECT and a JSON file with images by name. Renders the lab's version of the stack and deploys it, with the Pulumi
// CLI where there is one.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { applyAll, prune } from "./apply.js";
import { type Deployment, deploymentFile, deploymentSchema, manifestsDir, previewFile } from "./deployment.js";
import { nameInCluster } from "./dns.js";
import { edgeTrusted, findEdge } from "./edge.js";
import { Kubectl } from "./kubectl.js";
import { readIndex, titleOf, withoutImage } from "./manifests.js";
import { lastLine, run } from "./process.js";
import { type Project, projects } from "./project.js";
import { allReady } from "./ready.js";
import { deployDir, givenKubeconfig, kubeconfig, kubectlProgram, repository } from "./settings.js";
import { type GeneratedStack, generateStack } from "./stackFile.js";

const started = performance.now();
const seconds = (): number => Math.round((performance.now() - started) / 1000);
const step = (line: string): void => {
  process.stdout.write(`${String(seconds()).padStart(4)}s  ${line}\n`);
};

const pulumiOnPath = (): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some(folder => folder !== "" && existsSync(join(folder, "pulumi")));

/** Renders the stack's objects; the policy pack judges them on the way. */
async function render(
  name: string,
  project: Project,
  stack: GeneratedStack,
  images: Readonly<Record<string, string>>,
): Promise<void> {
  const given = Object.entries(project.builtImages(images)).flatMap(([name, reference]) => [
    "--image",
    `${name}=${reference}`,
  ]);
  const report = ["--format", "table", "--format", "json", "--out", previewFile(name)];
  const packs = ["--policy-pack", join(repository, "policies")];
  const where = ["--cwd", stack.dir, "--stack", project.stack];
  const args = [
    "preview",
    ...where,
    ...packs,
    "--manifests",
    manifestsDir(name),
    "--show-secrets",
    ...report,
    ...given,
  ];
  const outcome = await run(process.execPath, [join(repository, "preview/bin/bulkhead.js"), ...args], {
    env: { PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile },
    timeoutSeconds: 300,
  });
  if (outcome.code === 0) return;
  process.stdout.write(outcome.stdout);
  throw new Error(
    `the stack cannot be previewed (exit code ${String(outcome.code)}): ${outcome.stderr.trim() || "see above"}`,
  );
}

/** `pulumi up` with a state of its own in the lab's folder. */
async function pulumiUp(project: Project, stack: GeneratedStack): Promise<void> {
  const state = join(stack.dir, "state");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const env = {
    KUBECONFIG: kubeconfig,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const common = ["--cwd", project.dir, "--non-interactive", "--color", "never"];
  // In the generated folder: it writes into the stack file that it finds, and the project's is committed.
  const select = ["stack", "select", "--create", project.stack, "--cwd", stack.dir, "--non-interactive"];
  const init = await run("pulumi", select, { env });
  if (init.code !== 0) throw new Error(`pulumi stack select: ${lastLine(init)}`);
  const up = [
    "up",
    "--yes",
    "--skip-preview",
    "--stack",
    project.stack,
    "--config-file",
    stack.file,
    "--suppress-outputs",
  ];
  const outcome = await run("pulumi", [...up, ...common], { env, timeoutSeconds: 1800 });
  if (outcome.code !== 0)
    throw new Error(`pulumi up failed:\n${outcome.stdout.trim().split("\n").slice(-30).join("\n")}`);
}

async function main(name: string, imagesFile: string): Promise<void> {
  const project = projects[name];
  if (project === undefined) throw new Error(`no project ${name}; there are ${Object.keys(projects).join(", ")}`);
  const images = JSON.parse(readFileSync(imagesFile, "utf8")) as Record<string, string>;
  const kubectl = new Kubectl(kubectlProgram, kubeconfig);
  const isOwnCluster = givenKubeconfig === undefined;
  const folder = join(deployDir, name);
  const stack = generateStack(project, project.settings(images, isOwnCluster), folder);
  const manifests = manifestsDir(name);
  step("previewing");
  await render(name, project, stack, images);
  const { objects: declared, ...index } = readIndex(manifests);
  const leftOut = isOwnCluster ? withoutImage(manifests, declared, Object.values(images)) : [];
  const objects = declared.filter(object => !leftOut.includes(object));
  for (const each of leftOut) step(`left out, the lab has no image of it: ${titleOf(each)}`);
  const host = hostOf(stack);
  if (isOwnCluster) await nameInCluster(kubectl, name, host, index.project === "flowmarine" ? "flowmarine" : "notes");

  const by = pulumiOnPath() ? "pulumi up" : "kubectl apply";
  const applying = performance.now();
  if (by === "pulumi up") {
    step(`pulumi up: ${objects.length} objects`);
    await pulumiUp(project, stack);
  } else {
    step(`kubectl apply --server-side: ${objects.length} objects (no pulumi on PATH)`);
    await applyAll(kubectl, manifests, objects, step);
    for (const gone of await prune(kubectl, index, objects)) step(`no longer declared: ${gone}`);
  }
  step("waiting for pods and certificates");
  await allReady(kubectl, objects);
  const namespaces = namespacesOf(objects.filter(({ kind }) => kind === "Namespace").map(each => each.name));
  const app = namespaces["app"] ?? "";
  const edge = await findEdge(kubectl, host, app);
  await edgeTrusted(kubectl, edge, app);
  const readySeconds = Math.round((performance.now() - applying) / 100) / 10;

  const deployment: Deployment = {
    by,
    ...index,
    host,
    namespaces,
    images,
    changedSettings: stack.changed as Deployment["changedSettings"],
    readySeconds,
    objects: objects.length,
    leftOut: leftOut.map(titleOf),
  };
  writeFileSync(deploymentFile(name), JSON.stringify(deploymentSchema.parse(deployment), null, 2));
  step(`ready: ${objects.length} objects by ${by} in ${readySeconds} s`);
  process.stdout.write(`
       To open https://${host} in a browser on this machine, while this runs:
       sudo ${kubectlProgram} --kubeconfig ${kubeconfig} port-forward --namespace ${app} service/edge 443:443
       Its certificate is by the authority in ${edge.caFile}
`);
}

/** `flowmarine` is the app's, `flowmarine-data` the data's, and so on. */
const namespacesOf = (names: readonly string[]): Record<string, string> => {
  const [app = ""] = [...names].sort((a, b) => a.length - b.length);
  return Object.fromEntries(names.map(name => [name === app ? "app" : name.slice(app.length + 1), name]));
};

function hostOf({ file }: GeneratedStack): string {
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const edge = config["flowmarine:edge"] as { host: string } | undefined;
  return edge?.host ?? String(config["express-mariadb:host"]);
}

const [, , project = "", imagesFile = ""] = process.argv;
main(project, imagesFile).catch((error: unknown) => {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
