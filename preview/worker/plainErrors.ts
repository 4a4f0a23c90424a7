import util from "node:util";

// Loaded into the program's process before the SDK's runner, which prints what a program threw in colours. Colouring a stack never ends
// in Node 20 where a frame's path stops right below `node_modules/@scope`, as frames of the SDK do; and colours hide the places from
// whoever reads the message.
const { inspect } = util;
const plain = (value: unknown, options?: unknown): string =>
  inspect(value, typeof options === "object" ? { ...options, colors: false } : {});
util.inspect = Object.assign(plain, inspect);
