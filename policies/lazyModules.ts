import Module from "node:module";
import { sep } from "node:path";

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;
const loader = Module as unknown as { _load: Load };

/** A third of a pack's start: what the SDK loads for programs that serialise functions or drive the engine, as no pack does. */
const lazy = new Set(["typescript", "@npmcli/arborist", "normalize-package-data", "./automation", "./createClosure"]);
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
  const get = (_: unknown, key: string | symbol): unknown => {
    // The SDK's compiled imports ask for this first; "yes" keeps them from copying, and so from loading.
    if (key === "__esModule" && loaded === undefined) return true;
    // To whom "yes" was said, a CommonJS module is the default of what it imported.
    return key === "default" && !("__esModule" in module()) ? module() : (Reflect.get(module(), key) as unknown);
  };
  return new Proxy({}, { get, has: (_, key) => key in module() });
}

export {};
