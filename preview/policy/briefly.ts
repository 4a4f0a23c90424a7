import { setFlagsFromString } from "node:v8";

/** With fewer resources, judging is over before machine code would pay: to make it costs twice what the judging does. */
const manyResources = 1000;

/** Runs a task about so many resources, with V8's optimizing compiler off where they are few. */
export function briefly<T>(resources: number, task: () => T): T {
  if (resources >= manyResources) return task();
  setFlagsFromString("--no-opt");
  try {
    return task();
  } finally {
    setFlagsFromString("--opt");
  }
}
