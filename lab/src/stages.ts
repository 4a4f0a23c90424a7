import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "../stages/stage.js";

const folder = join(__dirname, "../stages");
const stageFile = /^\d\d-[a-z0-9-]+\.ts$/;

/** Every stage: the files of lab/stages, in the order of their numbers. @throws Error for a file that exports none, or a number twice */
export async function loadStages(): Promise<Stage[]> {
  const files = readdirSync(folder).filter(name => stageFile.test(name));
  const stages = await Promise.all(
    files.map(async name => {
      const { stage } = (await import(join(folder, name))) as { stage?: Stage };
      if (stage === undefined) throw new Error(`lab/stages/${name} exports no \`stage\``);
      if (stage.id !== Number(name.slice(0, 2)))
        throw new Error(`lab/stages/${name} says that it is stage ${stage.id}`);
      return stage;
    }),
  );
  return stages.sort((a, b) => a.id - b.id);
}

/**
 * Stages that were asked for by number, or without a number those that every run makes.
 *
 * @param isOwnLab whether the cluster is the lab's own
 * @throws Error for a number that is none, or one that this cluster cannot have
 */
export function choose(
  stages: readonly Stage[],
  numbers: readonly string[],
  deep: boolean,
  isOwnLab: boolean,
): Stage[] {
  const possible = stages.filter(({ labOnly }) => isOwnLab || labOnly !== true);
  const wrong = numbers.find(number => !possible.some(({ id }) => String(id) === number));
  if (wrong !== undefined) {
    const isStage = stages.some(({ id }) => String(id) === wrong);
    const what = isStage ? `stage ${wrong} needs the lab's own node` : `no stage ${wrong}`;
    const where = isOwnLab ? "" : " for the cluster of LAB_KUBECONFIG";
    throw new Error(`${what}; there are ${possible.map(({ id }) => id).join(", ")}${where}`);
  }
  if (numbers.length > 0) return possible.filter(({ id }) => numbers.includes(String(id)));
  return possible.filter(stage => deep || stage.deep !== true);
}
