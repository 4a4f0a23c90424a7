import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { requireProgram } from "../support/programs.js";
import { folderWith, removeFolders, repository, run } from "./support/run.js";
import { readAction } from "./support/runner.js";

const workflows = join(repository, ".github/workflows");
const files = [...readdirSync(workflows).map(name => join(workflows, name)), join(repository, "action.yml")];

/** https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax, as far as a composite action has it. */
const metadata = z.strictObject({
  name: z.string(),
  author: z.string(),
  description: z.string().max(160),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string().regex(/^[a-z][a-z-]*$/),
    z.strictObject({ description: z.string().min(1), default: z.string() }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string().min(1), value: z.string() })),
  runs: z.strictObject({
    using: z.literal("composite"),
    steps: z.array(
      z.union([
        z.strictObject({
          name: z.string(),
          id: z.string().optional(),
          if: z.string().optional(),
          shell: z.literal("bash"),
          env: z.record(z.string(), z.string()).optional(),
          run: z.string(),
        }),
        z.strictObject({
          name: z.string(),
          id: z.string().optional(),
          if: z.string().optional(),
          "continue-on-error": z.boolean().optional(),
          uses: z.string(),
          with: z.record(z.string(), z.string()),
        }),
      ]),
    ),
  }),
});

/** The action's steps as a workflow's, which is what actionlint knows. */
function asWorkflow(): string {
  const { inputs, runs } = readAction();
  const declared = Object.fromEntries(Object.keys(inputs).map(name => [name, { type: "string" }]));
  return stringify({
    on: { workflow_call: { inputs: declared } },
    jobs: { action: { "runs-on": "ubuntu-latest", steps: runs.steps } },
  });
}

describe("the workflows and the action", () => {
  after(removeFolders);

  const actionlint = async (test: Mocha.Context, ...args: string[]) => {
    const shellcheck = requireProgram(test, "shellcheck");
    return run(requireProgram(test, "actionlint"), ["-no-color", "-shellcheck", shellcheck, ...args], {
      cwd: repository,
    });
  };

  it("pass actionlint, and shellcheck in each script", async function () {
    const { code, log } = await actionlint(this);
    assert.equal(code, 0, log);
  });

  it("are judged by a lint that can fail", async function () {
    const folder = folderWith({
      "bad.yml": asWorkflow().replace(
        '"$GITHUB_ACTION_PATH/action/tool.mjs"',
        "$GITHUB_ACTION_PATH/action/tool.mjs $1",
      ),
    });
    const { code, log } = await actionlint(this, join(folder, "bad.yml"));
    assert.equal(code, 1);
    assert.match(log, /SC2086/);
  });

  it("pass actionlint in the action's steps too", async function () {
    const folder = folderWith({ "steps.yml": asWorkflow() });
    const { code, log } = await actionlint(this, join(folder, "steps.yml"));
    assert.equal(code, 0, log);
  });

  it("have the form that GitHub documents", () => {
    assert.equal(metadata.safeParse(readAction()).error?.message, undefined);
  });

  it("pin every action of others by commit, with its version beside it", () => {
    for (const file of files) {
      const uses = readFileSync(file, "utf8").match(/\buses: .*/g) ?? [];
      for (const line of uses)
        assert.match(line, /^uses: (\.\/|[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/, file);
    }
  });

  it("interpolate nothing into a shell script", () => {
    for (const step of readAction().runs.steps) assert.doesNotMatch(step.run ?? "", /\$\{\{/, step.name);
    for (const file of files) assert.doesNotMatch(readFileSync(file, "utf8"), /^\s*(- )?run: .*\$\{\{/m, file);
  });

  it("hand every input to a script or to another action, and read no other variable", () => {
    const action = readFileSync(join(repository, "action.yml"), "utf8");
    const { inputs, runs } = readAction();
    for (const name of Object.keys(inputs)) assert.ok(action.includes(`inputs.${name}`), `input ${name} is used`);
    const given = new Set(runs.steps.flatMap(step => Object.keys(step.env ?? {})));
    const scripts = readdirSync(join(repository, "action"))
      .filter(name => name.endsWith(".mjs"))
      .map(name => readFileSync(join(repository, "action", name), "utf8"))
      .join("\n");
    const read = new Set([
      ...[...scripts.matchAll(/env\["(BULKHEAD_\w+)"\]/g)].map(([, name]) => name ?? ""),
      ...[...scripts.matchAll(/\bvalue\("([A-Z_]+)"\)/g)].map(([, name]) => `BULKHEAD_${name}`),
    ]);
    assert.deepEqual([...read].sort(), [...given].filter(name => name.startsWith("BULKHEAD_")).sort());
  });

  it("ask for no permission but what they are documented to need", () => {
    const policy = readFileSync(join(workflows, "policy.yml"), "utf8");
    assert.match(policy, /^permissions:\n {2}contents: read\n/m);
    const granted = [...policy.matchAll(/^\s+([\w-]+): write$/gm)].map(([, name]) => name);
    assert.deepEqual(granted, ["pull-requests", "security-events"]);
  });
});
