import Module from "node:module";
import { sep } from "node:path";
import * as localGrpc from "./localGrpc.js";

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;
const loader = Module as unknown as { _load: Load };

const pulumi = `${sep}node_modules${sep}@pulumi${sep}`;

/**
 * Modules that packages load at start and a preview hardly ever needs, by whose folder asks: Pulumi's compiler for serialised functions,
 * npm's tree and automation, zod's messages in fifty languages.
 */
const lazy: Record<string, string> = {
  typescript: pulumi,
  "@npmcli/arborist": pulumi,
  "normalize-package-data": pulumi,
  glob: pulumi,
  "./automation": pulumi,
  "../locales/index.cjs": `${sep}node_modules${sep}zod${sep}`,
};

/** Milliseconds spent in loading the modules that the program's entry asks for. Counts from the moment `depth` is set to 0. */
export const importTime = { milliseconds: 0, depth: -1 };

/** Puts the in-memory transport under every copy of the SDK, and delays what it rarely needs. Before anything of Pulumi is loaded. */
export function installModuleHooks(): void {
  const load = loader._load.bind(loader);
  loader._load = (request, parent, isMain) => {
    const file = parent?.filename ?? "";
    if (request === "@grpc/grpc-js" && file.includes(pulumi)) return localGrpc;
    if (Object.hasOwn(lazy, request) && file.includes(lazy[request] ?? ""))
      return later(() => load(request, parent, isMain));
    return timed(() => load(request, parent, isMain));
  };
}

/** The entry itself, at depth 0, runs the program; what it asks for, at depth 1, is the import. */
function timed(load: () => unknown): unknown {
  if (importTime.depth < 0 || importTime.depth > 1) return load();
  const outermost = importTime.depth === 1;
  const start = performance.now();
  importTime.depth += 1;
  try {
    return load();
  } finally {
    importTime.depth -= 1;
    if (outermost) importTime.milliseconds += performance.now() - start;
  }
}

/** A module that is loaded when something of it is first looked at. */
function later(load: () => unknown): unknown {
  let loaded: object | undefined;
  const target = () => undefined;
  const module = () => (loaded ??= load() as object);
  return new Proxy(target, {
    // The SDK's compiled imports ask for this first; "yes" keeps them from copying, and so from loading.
    get: (_, key) => (key === "__esModule" && loaded === undefined ? true : (Reflect.get(module(), key) as unknown)),
    has: (_, key) => key in module(),
    ownKeys: () => [...new Set([...Reflect.ownKeys(module()), ...Reflect.ownKeys(target)])],
    getOwnPropertyDescriptor: (_, key) => {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      if (own !== undefined && !own.configurable) return own;
      const descriptor = Reflect.getOwnPropertyDescriptor(module(), key);
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
    },
    apply: (_, self: unknown, args) => Reflect.apply(module() as () => unknown, self, args) as unknown,
    construct: (_, args) => Reflect.construct(module() as new () => object, args) as object,
  });
}
