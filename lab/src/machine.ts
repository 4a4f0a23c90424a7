import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lastLine, run } from "./process.js";
import { labDir } from "./settings.js";

/** The first process of the lab's node, as seen from here: see lib/machine.sh. */
async function machineInit(): Promise<string> {
  const [parent = ""] = readFileSync(join(labDir, "run/machine.pid"), "utf8").split(" ");
  const { stdout } = await run("pgrep", ["--parent", parent]);
  return stdout.split("\n")[0] ?? "";
}

/**
 * SIGKILL for a container's processes, as the node's kernel gives it when memory is short: no grace, no word to the API server.
 *
 * @param containerId as a pod's status has it, `containerd://…`
 */
export async function killContainer(containerId: string): Promise<void> {
  const inside = ["--target", await machineInit(), "--mount", "--pid", "--net", "--uts", "--ipc", "--"];
  const id = containerId.replace(/^containerd:\/\//, "");
  const kill = ["ctr", "--namespace", "k8s.io", "tasks", "kill", "--all", "--signal", "SIGKILL", id];
  const outcome = await run("nsenter", [...inside, ...kill]);
  if (outcome.code !== 0) throw new Error(`container ${id.slice(0, 12)} could not be killed: ${lastLine(outcome)}`);
}
