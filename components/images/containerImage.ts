import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Base } from "../lib/base";
import { checkText, checkTexts, shown } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import { checkBuildArgs } from "./buildArgs";
import { checkDockerfile } from "./dockerfile";
import type { BuiltImage } from "./image";

/** Who may push to a registry. */
export interface RegistryCredentials {
  /** Host of the registry, such as `registry.example`. */
  server: string;
  username: pulumi.Input<string>;
  /** Kept as a secret whatever it is given as. */
  password: pulumi.Input<string>;
}

export interface ContainerImageArgs {
  /** Registry and path that it is pushed to, without tag: `registry.example/flowmarine/api`. */
  repository: string;
  /** Tag for people and for the cache; what runs is the digest. Not `latest`, which says nothing. */
  tag: string;
  /** Folder that is sent to the builder. Relative to the program's folder. */
  context: string;
  /** Path of the Dockerfile. @default Dockerfile in the context */
  dockerfile?: string;
  /** Stage to build of a multi-stage Dockerfile. @default the last one */
  target?: string;
  /** Arguments of the build. Not for secrets: they stay readable in the image. @default none */
  buildArgs?: Record<string, string>;
  /** Images whose layers are used where nothing changed. Each build embeds what the next one needs. @default the last push of this tag */
  cacheFrom?: readonly string[];
  /** Operating system and processor. @default "linux/amd64" */
  platform?: "linux/amd64" | "linux/arm64";
  /** @default what the Docker engine is logged in with */
  registry?: RegistryCredentials;
  /** Changes the image before it is made. @default none */
  transform?: (args: docker.ImageArgs) => docker.ImageArgs;
}

export const containerImageDefaults = { platform: "linux/amd64" as const };

const dockerProvider = {
  title: "Docker",
  type: "docker:index/image:Image",
  otherwise: "A default provider would build with, and push from, whatever Docker engine the shell points at.",
};

const registryPath =
  /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$/;
const tagPattern = /^(?!latest$)\w[\w.-]{0,127}$/;

/** An image of our own: built from a Dockerfile on `pulumi up`, pushed, and given on by its digest. */
export class ContainerImage extends Base implements BuiltImage {
  /** `registry/name@sha256:…` of what was pushed; known once it is built. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ContainerImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:images:ContainerImage", name, dockerProvider, opts);
    const given = withDefaults(containerImageDefaults, args);
    const { repository, tag, context, target, platform, registry, transform } = given;
    const { buildArgs = {}, cacheFrom = [`${repository}:${tag}`] } = given;
    const dockerfile = this.checked(() => {
      checkText("repository", repository, "registry/path without a tag, such as registry.example/app", registryPath);
      checkText("tag", tag, "letters, digits, _, . and -, and not latest", tagPattern);
      checkText("platform", platform, "linux/amd64 or linux/arm64", /^linux\/(amd64|arm64)$/);
      if (target !== undefined) checkText("target", target, "the name of a stage", /\S/);
      checkText("context", context, "the path of a folder", /\S/);
      checkTexts("cacheFrom", cacheFrom);
      checkBuildArgs(buildArgs);
      const file = given.dockerfile ?? join(context, "Dockerfile");
      checkDockerfile(file, read(file), target, buildArgs);
      return file;
    });

    const complete: docker.ImageArgs = compact<docker.ImageArgs>({
      imageName: `${repository}:${tag}`,
      build: compact({
        context,
        dockerfile,
        target,
        platform,
        // What the next build's `cacheFrom` reads is written into the image.
        args: { ...buildArgs, BUILDKIT_INLINE_CACHE: "1" },
        builderVersion: docker.BuilderVersion.BuilderBuildKit,
        cacheFrom: cacheFrom.length === 0 ? undefined : { images: [...cacheFrom] },
      }),
      registry: registry && { ...registry, password: pulumi.secret(registry.password) },
    });
    const final = this.transformed(`Image "${name}"`, complete, transform);
    this.reference = new docker.Image(name, final, { parent: this }).repoDigest;
    this.registerOutputs({ reference: this.reference });
  }
}

function read(dockerfile: string): string {
  try {
    return readFileSync(dockerfile, "utf8");
  } catch (error) {
    const { code = "error" } = error as NodeJS.ErrnoException;
    throw new RangeError(`dockerfile must be a file that can be read (${code}), got ${shown(dockerfile)}`);
  }
}
