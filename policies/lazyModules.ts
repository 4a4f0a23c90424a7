import Module from "node:module";
import { sep } from "node:path";

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;
const loader = Module as unknown as { _load: Load };

/** A third of a pack's start: what the SDK loads for programs that serialise functions or drive the engine, as no pack does. */
const lazy = new Set(["typescript", "@npmcli/arborist", "./automation"]);
const sdk = `${sep}node_modules${sep}@pulumi${sep}`;

const load = loader._load;
loader._load = function (this: unknown, request, parent, isMain) {
  const now = () => load.call(this, request, parent, isMain);
  return lazy.has(request) && (parent?.filename ?? "").includes(sdk) ? later(now) : now();
};

// A pack's modules load in one go: after that, everything is loaded when it is asked for.
queueMicrotask(() => {
  loader._load = load;
});

/** A module that is loaded when something of it is first looked at. */
function later(now: () => unknown): unknown {
  let loaded: object | undefined;
  const module = () => (loaded ??= now() as object);
  return new Proxy(
    {},
    {
      // The SDK's compiled imports ask for this first; "yes" keeps them from copying, and so from loading.
      get: (_, key) => (key === "__esModule" && loaded === undefined ? true : (Reflect.get(module(), key) as unknown)),
      has: (_, key) => key in module(),
    },
  );
}

export {};
