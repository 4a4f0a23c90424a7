import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import type * as TypeScript from "typescript";

/** Part of every cache key: what this file does to a program's text. */
const cacheVersion = "2";

interface Compiled {
  code: string;
  map: string;
}

/** A file that is not TypeScript at all: reported with its place. */
export class CompileError extends SyntaxError {
  constructor(
    message: string,
    readonly file: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
    this.name = "SyntaxError";
  }
}

interface CommonJsModule {
  filename: string;
  _compile(code: string, filename: string): void;
}
type Extensions = Record<string, (module: CommonJsModule, filename: string) => void>;

/** Loads TypeScript without checking types, each file transpiled once and kept on disk. Maps go to `maps`, by file. */
export class TypeScriptLoader {
  private readonly maps = new Map<string, () => string>();
  private readonly configuration: string;
  private readonly cacheFolder: string | undefined;
  private readonly require: NodeJS.Require;
  private compiler: { ts: typeof TypeScript; options: TypeScript.CompilerOptions } | undefined;
  /** A relative import that ends in .js but means a .ts file: this loader finds it, the engine's ts-node does not. */
  aliasedImport: { file: string; request: string } | undefined;

  constructor(
    private readonly programDir: string,
    private readonly tsconfig: string,
  ) {
    this.configuration = configurationText(tsconfig);
    this.cacheFolder = cacheFolderFor(programDir);
    this.require = createRequire(join(programDir, "index.js"));
  }

  install(): void {
    const extensions = (Module as unknown as { _extensions: Extensions })._extensions;
    for (const extension of [".ts", ".tsx", ".cts"]) {
      extensions[extension] = (module, filename) => {
        const { code } = this.load(filename);
        module._compile(code, filename);
      };
    }
    this.installResolver();
  }

  /** The source map of a file this loader compiled. */
  mapOf(file: string): string | undefined {
    return this.maps.get(file)?.();
  }

  private installResolver(): void {
    type Resolve = (request: string, parent: { filename?: string } | undefined, ...rest: unknown[]) => string;
    const loader = Module as unknown as { _resolveFilename: Resolve };
    const next = loader._resolveFilename.bind(loader);
    loader._resolveFilename = (request, parent, ...rest) => {
      const from = parent?.filename ?? "";
      if (/^\.{1,2}\/.*\.js$/.test(request) && /\.[cm]?tsx?$/.test(from)) {
        const target = resolve(dirname(from), request);
        const source = target.replace(/\.js$/, ".ts");
        if (!existsSync(target) && existsSync(source)) {
          this.aliasedImport ??= { file: from, request };
          return source;
        }
      }
      return next(request, parent, ...rest);
    };
  }

  private load(file: string): Compiled {
    const text = readFileSync(file, "utf8");
    const key = createHash("sha256")
      .update(cacheVersion)
      .update(this.configuration)
      .update(file)
      .update(text)
      .digest("hex");
    const cached = this.cacheFolder === undefined ? undefined : join(this.cacheFolder, key);
    if (cached !== undefined && existsSync(`${cached}.map`)) {
      this.maps.set(file, () => readFileSync(`${cached}.map`, "utf8"));
      return { code: readFileSync(`${cached}.js`, "utf8"), map: "" };
    }
    const compiled = this.transpile(file, text);
    this.maps.set(file, () => compiled.map);
    if (cached !== undefined) {
      // The map is written last: its presence says that the pair is whole.
      keep(`${cached}.js`, compiled.code);
      keep(`${cached}.map`, compiled.map);
    }
    return compiled;
  }

  private transpile(file: string, text: string): Compiled {
    const { ts, options } = (this.compiler ??= this.startCompiler());
    const output = ts.transpileModule(text, { fileName: file, compilerOptions: options, reportDiagnostics: true });
    const [fault] = output.diagnostics ?? [];
    if (fault?.category === ts.DiagnosticCategory.Error) {
      const { line, character } = fault.file?.getLineAndCharacterOfPosition(fault.start ?? 0) ?? {
        line: 0,
        character: 0,
      };
      throw new CompileError(ts.flattenDiagnosticMessageText(fault.messageText, " "), file, line + 1, character + 1);
    }
    return { code: output.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), map: output.sourceMapText ?? "" };
  }

  private startCompiler(): { ts: typeof TypeScript; options: TypeScript.CompilerOptions } {
    const ts = this.require(this.compilerPath()) as typeof TypeScript;
    const configured = existsSync(this.tsconfig)
      ? ts.parseJsonConfigFileContent(
          ts.readConfigFile(this.tsconfig, path => readFileSync(path, "utf8")).config,
          ts.sys,
          dirname(this.tsconfig),
        ).options
      : {};
    // The map would lead from a file in outDir to its source; this code stays where its source is.
    delete configured.outDir;
    delete configured.rootDir;
    delete configured.sourceRoot;
    delete configured.mapRoot;
    const { module } = configured;
    const nodeModule = module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
    return {
      ts,
      options: {
        target: ts.ScriptTarget.ES2020,
        ...configured,
        // Whatever the tsconfig is for, the program is loaded by require.
        module: nodeModule ? module : ts.ModuleKind.CommonJS,
        sourceMap: true,
        inlineSourceMap: false,
        inlineSources: false,
        declaration: false,
        declarationMap: false,
        composite: false,
        incremental: false,
        isolatedDeclarations: false,
        noEmit: false,
      },
    };
  }

  /** The program's TypeScript, else the one that comes with the SDK. */
  private compilerPath(): string {
    try {
      return this.require.resolve("typescript");
    } catch {
      return this.require.resolve("@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js");
    }
  }
}

/** Text of a tsconfig and of what it extends. */
function configurationText(file: string, seen = new Set<string>()): string {
  if (seen.has(file) || !existsSync(file)) return "";
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const bases = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text)?.[1]?.match(/"[^"]*"/g) ?? [];
  return text + bases.map(base => configurationText(basePath(file, base.slice(1, -1)), seen)).join("");
}

function basePath(from: string, base: string): string {
  if (base.startsWith(".")) {
    const path = resolve(dirname(from), base);
    return existsSync(path) ? path : `${path}.json`;
  }
  try {
    return createRequire(from).resolve(base);
  } catch {
    return base;
  }
}

/** `node_modules/.cache/bulkhead` of the nearest folder that has node_modules. */
function cacheFolderFor(dir: string): string | undefined {
  for (let folder = dir; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) {
      const cache = join(modules, ".cache", "bulkhead");
      try {
        mkdirSync(cache, { recursive: true });
        return cache;
      } catch {
        return undefined;
      }
    }
    if (folder === dirname(folder) || folder === sep) return undefined;
  }
}

/** Writes a file as a whole or not at all: previews may run side by side. A cache that cannot be written is no cache. */
function keep(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch {
    // Next time it is transpiled again.
  }
}
