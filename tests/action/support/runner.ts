import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { folderWith, repository, run } from "./run.js";

interface Step {
  name: string;
  id?: string;
  if?: string;
  run?: string;
  shell?: string;
  uses?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

export interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: Step[] };
}

export function readAction(): Action {
  return parse(readFileSync(join(repository, "action.yml"), "utf8")) as Action;
}

export interface Job {
  /** GitHub's own variables, and others of the job. */
  env: Record<string, string>;
  workspace: string;
  inputs?: Record<string, string>;
  token: string;
}

export interface JobResult {
  code: number;
  log: string;
  summary: string;
  outputs: Record<string, string>;
  /** Names of the steps that ran. */
  ran: string[];
  /** Other actions that would have run, with what they were given. */
  used: { uses: string; with: Record<string, string> }[];
}

/** Runs the action as GitHub's runner does: each `run` step with bash, in a clean environment, until one fails. */
export async function runAction({ env, workspace, inputs = {}, token }: Job): Promise<JobResult> {
  const { inputs: declared, outputs, runs } = readAction();
  const unknown = Object.keys(inputs).filter(name => !(name in declared));
  if (unknown.length > 0) throw new Error(`unknown input ${unknown.join()}`);
  const temp = folderWith();
  mkdirSync(join(temp, "runner"));
  const files = { GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary", GITHUB_ENV: "env", GITHUB_PATH: "path" };
  const context = new Map([
    ["github.token", token],
    ["github.action_path", repository],
  ]);
  for (const [name, { default: value }] of Object.entries(declared))
    context.set(`inputs.${name}`, fill(inputs[name] ?? value, context));

  const result: JobResult = { code: 0, log: "", summary: "", outputs: {}, ran: [], used: [] };
  for (const step of runs.steps) {
    if (step.if !== undefined && !holds(step.if, context)) continue;
    result.ran.push(step.name);
    const filled = (values: Record<string, string> = {}) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value, context)]));
    if (step.uses !== undefined) {
      result.used.push({ uses: step.uses, with: filled(step.with) });
      continue;
    }
    if (step.shell !== "bash" || step.run === undefined) throw new Error(`step ${step.name} is no bash script`);
    for (const file of Object.values(files)) writeFileSync(join(temp, file), "");
    writeFileSync(join(temp, "script.sh"), step.run);
    const paths = Object.entries(files).map(([name, file]): [string, string] => [name, join(temp, file)]);
    const { code, log } = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", join(temp, "script.sh")], {
      cwd: workspace,
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        CI: "true",
        RUNNER_TEMP: join(temp, "runner"),
        GITHUB_ACTION_PATH: repository,
        GITHUB_WORKSPACE: workspace,
        GITHUB_REPOSITORY: "acme/shop",
        GITHUB_RUN_ID: "4711",
        GITHUB_SERVER_URL: "https://github.example",
        ...Object.fromEntries(paths),
        ...env,
        ...filled(step.env),
      },
    });
    result.log += log;
    result.summary += readFileSync(join(temp, "summary"), "utf8");
    const made = outputsIn(readFileSync(join(temp, "output"), "utf8"));
    for (const [name, value] of Object.entries(made)) context.set(`steps.${step.id ?? ""}.outputs.${name}`, value);
    result.code = code ?? 1;
    if (code !== 0) break;
  }
  for (const [name, { value }] of Object.entries(outputs)) result.outputs[name] = fill(value, context);
  return result;
}

/** `${{ … }}` of the few contexts that the action uses. */
function fill(text: string, context: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => context.get(name) ?? "");
}

/** Comparisons with text, joined by `&&`. */
function holds(condition: string, context: ReadonlyMap<string, string>): boolean {
  return condition.split(" && ").every(part => {
    const [, name, operator, value] = /^([\w.-]+) (==|!=) '([^']*)'$/.exec(part) ?? [];
    if (name === undefined) throw new Error(`the runner of this test does not know ${part}`);
    return ((context.get(name) ?? "") === value) === (operator === "==");
  });
}

/** The file format `name<<end`, text, `end`. */
function outputsIn(text: string): Record<string, string> {
  const found = text.matchAll(/^(.+?)<<(.+)\n([^]*?)\n?^\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name ?? "", (value ?? "").replace(/\n$/, "")]));
}
