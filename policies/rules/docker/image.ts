import { credentialIn, isCredentialName, isCredentialText, settingForm } from "../../credentials.js";
import { isDigest, parseImage } from "../../image.js";
import { flag, type Problem, resourceRule, undetermined, violation } from "../../rule.js";
import type { ResourceSubject } from "../../subject.js";
import type { Field } from "../../value.js";

/** Type token → where the build arguments are; images that are only pulled have none. */
const builds: Record<string, readonly string[]> = {
  "docker:index/image:Image": ["build", "args"],
  "docker:index/remoteImage:RemoteImage": ["build", "buildArg"],
  "docker:index/registryImage:RegistryImage": ["build", "buildArgs"],
  "docker-build:index:Image": ["buildArgs"],
};

/** Its instructions, each on one line: one goes on after a backslash, past comments. */
function linesOf(dockerfile: Field): string[] {
  const text = (dockerfile.text ?? "").slice(0, 65_536);
  return text.replace(/\\[ \t]{0,80}\r?\n([ \t]{0,80}#[^\n]*\n)*/g, " ").split("\n");
}

function argumentProblems(list: Field): Problem[] {
  if (list.isUnknown) return [undetermined(list)];
  // Under a credential's name it does not matter what the value is.
  const isBad = ({ name, text }: Field) =>
    isCredentialName(name) || (text !== undefined && credentialIn(text) !== undefined);
  return list
    .members()
    .filter(isBad)
    .map(entry =>
      violation(entry, `must not take a credential as build argument ${entry.name}: it stays in the image's history`),
    );
}

/** What a line of a Dockerfile sets: `ENV NAME=value NAME=value`, `ENV NAME value`, and the default of `ARG NAME=value`. */
function setBy(line: string): { name: string; text: string }[] {
  const given = line.slice(0, 10_000);
  const rest = given.replace(/^\s*(ENV|ARG)\s+/i, "");
  if (rest === given) return [];
  const pairs = [...rest.matchAll(/\w{1,256}=("[^"]{0,999}"|'[^']{0,999}'|[^\s"']*)/g)].map(([pair]) => ({
    name: pair.replace(/=.*$/, ""),
    text: pair.replace(/^\w+=["']?|["']$/g, ""),
  }));
  if (pairs.length > 0 || /^\s*ARG/i.test(given)) return pairs;
  return [{ name: rest.replace(/\s.*$/, ""), text: rest.replace(/^\S+\s*/, "").trim() }];
}

/** What an instruction holds of credentials, by their names or forms; what refers to another variable is none. */
function credentialsIn(line: string): string[] {
  if (/^\s*#/.test(line)) return [];
  const set = setBy(line);
  if (set.length > 0)
    return set
      .filter(({ name, text }) => !text.startsWith("$") && isCredentialText(name, text))
      .map(({ name }) => name);
  const form = credentialIn(line);
  return form === undefined || form === settingForm ? [] : [form];
}

/** Credentials that a Dockerfile in the program leaves in the image, or in the history of its instructions. */
function settingProblems(dockerfile: Field): Problem[] {
  return linesOf(dockerfile)
    .flatMap(credentialsIn)
    .map(what => violation(dockerfile, `must not hold a credential in its Dockerfile: ${what}`));
}

interface Taken {
  image: string;
  what: string;
}

/** What an instruction takes from elsewhere: the base of a stage, what it copies from, what it mounts. */
function takenBy(line: string): Taken[] {
  const [, , base] = /^\s*FROM\s+(--platform=\S+\s+)?(\S+)/i.exec(line) ?? [];
  if (base !== undefined) return [{ image: base, what: "base image" }];
  const [, copied] = /^\s*COPY\s+(?:--\S+\s+){0,8}?--from=(\S+)/i.exec(line) ?? [];
  if (copied !== undefined) return [{ image: copied, what: "image to copy from" }];
  const [, flags = ""] = /^\s*RUN((?:\s+--\S+){1,16})/i.exec(line) ?? [];
  return [...flags.matchAll(/--mount=(?:[^\s,]+,){0,16}?from=([^\s,]+)/g)].map(([, mounted = ""]) => ({
    image: mounted,
    what: "image to mount",
  }));
}

/** Images that a Dockerfile in the program takes; numbers and names of earlier stages, and arguments, are none. */
function baseProblems(dockerfile: Field): Problem[] {
  if (dockerfile.isUnknown) return [undetermined(dockerfile)];
  const stages = new Set<string>(["scratch"]);
  return linesOf(dockerfile).flatMap(line => {
    const unpinned = takenBy(line).filter(
      ({ image, what }) =>
        !stages.has(image.toLowerCase()) &&
        !image.includes("$") &&
        !(what !== "base image" && /^\d+$/.test(image)) &&
        !isDigest(parseImage(image).digest),
    );
    const stage = /^\s*FROM\s[^#]*\sAS\s+(\S+)/i.exec(line)?.[1];
    if (stage !== undefined) stages.add(stage.toLowerCase());
    return unpinned.map(({ image, what }) =>
      violation(dockerfile, `must pin its ${what} ${JSON.stringify(image)} by digest`),
    );
  });
}

function pulledProblems({ type, inputs }: ResourceSubject): Problem[] {
  if (type !== "docker:index/remoteImage:RemoteImage" || !inputs.at("build").isAbsent) return [];
  const name = inputs.at("name");
  return flag(
    name,
    value => typeof value !== "string" || !isDigest(parseImage(value).digest),
    `must pin ${name.shown} by digest`,
  );
}

export const image = resourceRule({
  id: "docker-image",
  title: "Images are built from pinned bases, and hold no credentials",
  why: "A build argument stays readable in the image's history; a base that is not pinned makes another image of the same sources.",
  severity: "high",
  level: "mandatory",
  docs: "https://docs.docker.com/build/building/secrets/",
  remediation: "Give credentials as build secrets, and pin base images by digest.",
  reads: ["build.args", "buildArgs", "dockerfile.inline", "name"],

  applies: ({ type }) => Object.hasOwn(builds, type),
  check: resource => [
    ...argumentProblems(resource.inputs.at(...(builds[resource.type] ?? []))),
    ...baseProblems(resource.inputs.at("dockerfile", "inline")),
    ...settingProblems(resource.inputs.at("dockerfile", "inline")),
    ...pulledProblems(resource),
  ],

  examples: {
    pass: {
      "an ordinary argument": {
        "/image/properties/build/args": { NODE_VERSION: "22", TOKEN_URL: "https://id.example.com" },
      },
    },
    fail: {
      "a token as argument": {
        "/image/properties/build/args": {
          NPM_TOKEN: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "npm" },
        },
      },
      "a base by tag": {
        "/base": {
          type: "docker-build:index:Image",
          properties: { push: false, dockerfile: { inline: "FROM node:22 AS build\nFROM build\n" } },
        },
      },
      "a password in the Dockerfile": {
        "/base": {
          type: "docker-build:index:Image",
          properties: { push: false, dockerfile: { inline: "FROM scratch\nENV DB_PASSWORD horse\n" } },
        },
      },
      "pulled by tag": {
        "/pulled": { type: "docker:index/remoteImage:RemoteImage", properties: { name: "nginx:1.29" } },
      },
    },
  },
});
