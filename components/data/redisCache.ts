import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { tlsFiles } from "../network/certificate";
import type { Link, Linkable } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import type { Scrapeable, ScrapeTarget } from "../observability/scrape";
import type { Singleton } from "../observability/singleton";
import { redisExporter } from "./redis/exporter";
import { redisFiles } from "./redis/files";
import { heartbeat } from "./redis/scripts";
import { checkRedisServer, defaultRedisPaths, type RedisServer } from "./redis/server";
import { type StoreOutputs, store } from "./store";
import { checkStoreArgs } from "./storeArgs";

/** Where it runs. More kinds follow; outputs and links stay the same. */
export interface RedisBackend {
  /** One Valkey server. */
  kind: "standalone";
}

export interface RedisCacheArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "valkey" | "redisExporter">;
  /** Password of the application's user. A change takes effect while the server runs. */
  password: pulumi.Input<string>;
  /** @default { kind: "standalone" } */
  backend?: RedisBackend;
  /**
   * `cache`: what is used least goes when memory is short, and a restart empties it. `durable`: kept on a volume, nothing goes, writes
   * are refused when memory is full. @default "cache"
   */
  mode?: "cache" | "durable";
  /** ACL user of the application. @default "app" */
  user?: string;
  /** Commands the application may use beside the safe ones, such as `keys`. @default none */
  extraCommands?: readonly string[];
  /** CPU reserved, in thousandths of a core; it may use four times that. @default 100 */
  cpuMillis?: number;
  /** Memory of the server. `maxmemory` follows: less than that, by what clients, fragmentation and a rewrite need. @default 256 */
  memoryMiB?: number;
  /** Size of the volume of a durable one. At least four times its memory: a rewrite holds two copies. @default 5 */
  storageGiB?: number;
  /** @default the cluster's default */
  storageClass?: string;
  /** Oldest TLS version accepted. @default "1.3" */
  tlsMinVersion?: "1.2" | "1.3";
  /** Refuse to delete the volume. @default true */
  deletionProtection?: boolean;
}

export const redisCacheDefaults = {
  backend: { kind: "standalone" as const },
  mode: "cache" as const,
  user: "app",
  extraCommands: [] as readonly string[],
  cpuMillis: 100,
  memoryMiB: 256,
  storageGiB: 5,
  tlsMinVersion: "1.3" as const,
  deletionProtection: true,
};

const port = 6379;
const exporterPort = 9121;

/** Scratch space of a cache, which writes nothing but its own log of starting. */
const scratchMiB = 16;

/**
 * A Valkey that its application reaches over verified TLS as an ACL user that can neither see nor empty the server, and nobody else does.
 *
 * Of the image it needs `valkey-server` and `valkey-cli` on PATH, `sh`, and coreutils or busybox; of the exporter's image `/redis_exporter`.
 */
export class RedisCache extends Component implements Linkable, Scrapeable {
  readonly outputs: StoreOutputs;
  private readonly server: RedisServer;
  private readonly part: Singleton;
  private readonly password: pulumi.Output<string>;

  constructor(name: string, args: RedisCacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:data:RedisCache", name, { app: "valkey", role: "cache" }, args, opts);
    const complete = withDefaults(redisCacheDefaults, args);
    checkStoreArgs(this, complete, ["valkey", "redisExporter"]);
    const {
      namespace,
      images,
      mode,
      user,
      extraCommands,
      cpuMillis,
      memoryMiB,
      storageGiB,
      storageClass,
      tlsMinVersion,
      deletionProtection,
    } = complete;
    const paths = defaultRedisPaths;
    this.server = {
      serverProgram: "valkey-server",
      clientProgram: "valkey-cli",
      mode,
      user,
      extraCommands,
      memoryMiB,
      cpuMillis: cpuMillis * 4,
      tlsMinVersion,
      port,
      bind: "*",
      pollSeconds: 10,
      paths,
    };
    this.checked(() => checkRedisServer(this.server));
    if (mode === "durable" && storageGiB * 1024 < memoryMiB * 4) {
      this.refuse(
        `storageGiB must be at least ${Math.ceil((memoryMiB * 4) / 1024)} for ${memoryMiB} MiB of memory`,
        storageGiB,
      );
    }
    this.password = pulumi.secret(args.password);
    this.part = store(this, {
      namespace,
      image: images.valkey,
      files: () => redisFiles(this.server),
      paths,
      port,
      protocol: "redis",
      username: user,
      password: this.password,
      cpuMillis,
      memoryMiB,
      storage:
        mode === "cache"
          ? { scratchMiB }
          : {
              giB: storageGiB,
              protect: deletionProtection,
              ...compact<{ storageClass?: string }>({ storageClass }),
            },
      heartbeat: heartbeat(this.server),
      exporter: {
        ...redisExporter(this.server, "/redis_exporter", `:${exporterPort}`),
        image: images.redisExporter,
        port: exporterPort,
      },
      startSeconds: 600,
      stopSeconds: 60,
    });
    this.outputs = {
      engine: "redis",
      host: this.part.host,
      port,
      name: user,
      secretName: `${name}-password`,
      caSecretName: this.part.tlsSecretName,
    };
    this.registerOutputs({ ...this.outputs });
  }

  /** `CACHE_HOST`, `_PORT`, `_USER`, `_CA_FILE`; `CACHE_PASSWORD` and `CACHE_URL` (`rediss://`) as secrets. */
  link(): Link {
    const { user } = this.server;
    const { host } = this.part;
    const url = pulumi
      .all([host, this.password])
      .apply(([at, password]) => `rediss://${user}:${encodeURIComponent(password)}@${at}:${port}/0`);
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [port],
      env: { CACHE_HOST: host, CACHE_PORT: `${port}`, CACHE_USER: user, CACHE_CA_FILE: tlsFiles.ca },
      secretEnv: { CACHE_PASSWORD: this.password, CACHE_URL: pulumi.secret(url) },
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target];
  }
}
