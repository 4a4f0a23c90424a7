import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join, relative } from "node:path";
import type { Context } from "mocha";
import { images } from "../../../components/images/catalogue.js";
import type { LogsS3Settings } from "../../../components/observability/logsS3.js";
import { Loki } from "../../../components/observability/loki.js";
import { freePorts } from "../../edge/support/ports.js";
import { Folder } from "../../observability/support/folder.js";
import { at, deploy, placement } from "../../support/deploy.js";
import { requireProgram } from "../../support/programs.js";
import { Server } from "./server.js";

/** What Loki gets in the test: its pod's variables, and the parts of its configuration that are about the bucket. */
export interface BucketPart {
  env: Record<string, string>;
  change: (config: Record<string, Record<string, unknown>>) => void;
}

const name = "flowmarine-logs";
const keys = { accessKeyId: "AKIAPLANTED", secretAccessKey: "planted/secret+key" };

/** A server that speaks S3 over TLS and keeps each object as a file, with one bucket. */
export class BucketServer {
  readonly folder: Folder;
  readonly id = keys.accessKeyId;
  readonly secret = keys.secretAccessKey;
  private readonly server: Server;
  private readonly objectsPath: string;

  private constructor(
    program: string,
    openssl: string,
    private readonly port: number,
  ) {
    this.folder = new Folder(openssl);
    this.objectsPath = join(this.folder.folder("objects"), name);
    mkdirSync(this.objectsPath);
    const { certificate, key } = this.folder.tls("s3", "localhost");
    this.server = new Server(
      program,
      [
        ...["--port", `127.0.0.1:${port}`, "--cert", certificate, "--key", key, "--quiet"],
        ...["posix", "--sidecar", this.folder.folder("sidecar"), join(this.objectsPath, "..")],
      ],
      join(this.folder.path, "s3.log"),
      { ROOT_ACCESS_KEY_ID: keys.accessKeyId, ROOT_SECRET_ACCESS_KEY: keys.secretAccessKey },
    );
  }

  static async create(test: Context): Promise<BucketServer> {
    const [port = 0] = await freePorts(1);
    return new BucketServer(requireProgram(test, "versitygw"), requireProgram(test, "openssl"), port);
  }

  /** It is there when it refuses whoever brings no keys. */
  start(): Promise<void> {
    return this.server.start(async () => assert.equal(await this.status(), 403));
  }

  kill = () => this.server.kill();

  async remove(): Promise<void> {
    await this.kill();
    this.folder.remove();
  }

  /** Names of all objects. */
  objects(): string[] {
    const entries = readdirSync(this.objectsPath, { recursive: true, withFileTypes: true });
    return entries
      .filter(entry => entry.isFile())
      .map(entry => relative(this.objectsPath, join(entry.parentPath, entry.name)))
      .filter(object => !object.startsWith("."));
  }

  private status(): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const ca = readFileSync(this.folder.authority.ca.certificate);
      const asked = { host: "127.0.0.1", port: this.port, path: `/${name}`, ca, servername: "localhost", agent: false };
      request(asked, answer => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on("error", reject)
        .end();
    });
  }

  /** What the component makes of this bucket; files of the pod are where the test has them. */
  async part(from: string, credentials: NonNullable<LogsS3Settings["credentials"]> = keys): Promise<BucketPart> {
    const caFile = this.folder.authority.ca.certificate;
    const s3 = {
      ...{ bucket: name, region: "us-east-1", from, endpoint: `https://localhost:${this.port}`, to: ["127.0.0.1/32"] },
      ...{ ca: readFileSync(caFile, "utf8"), credentials },
    };
    const deployed = await deploy(opts => new Loki("loki", { namespace: placement, images: images(), s3 }, opts));
    const secret = at(deployed.get("Secret", "loki-s3").inputs, "stringData.credentials") as string;
    const container = "spec.template.spec.containers.0.env";
    const given = at(deployed.get("StatefulSet", "loki").inputs, container) as { name: string; value: string }[];
    const env = Object.fromEntries(given.map(variable => [variable.name, variable.value]));
    const config = at(deployed.get("ConfigMap", "loki-config").inputs, "data") as Record<string, string>;
    const made = JSON.parse(config["loki.yaml"] ?? "") as Record<string, Record<string, unknown>>;
    return {
      env: { ...env, AWS_SHARED_CREDENTIALS_FILE: this.folder.write("credentials", secret) },
      change: changed => {
        changed["schema_config"] = made["schema_config"] ?? {};
        const aws = at(made, "storage_config.aws") as object;
        changed["storage_config"] = { aws: { ...aws, http_config: { ca_file: caFile } } };
        // It waits for 15 s otherwise, for others of its ring.
        Object.assign(changed["ingester"] ?? {}, { lifecycler: { min_ready_duration: "0s" } });
      },
    };
  }
}
