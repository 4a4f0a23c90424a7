import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { UNKNOWN } from "../../../preview/value.js";
import { findProgram } from "../../support/programs.js";
import { knownDifferences, renderedBy } from "./knownDifferences.js";
import { copyOf, modes, passphrase, preview, removeTemporary, repository, sealer } from "./support.js";

const goldens = join(repository, "..", "shared", "data", "engine-goldens");

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
users: [{name: u, user: {}}]`;

const recordings = {
  fk: { secrets: { "fk:dbPassword": "hunter2", "fk:kubeconfig": kubeconfig }, records: 26 },
  kubernetes: { secrets: { "gk:kubeconfig": "<kubeconfig>", "gk:token": "s3cr3t-token" }, records: 66 },
  docker: { secrets: { "gd:token": "s3cr3t-token" }, records: 14 },
} as const;

const fixtures = `stackReferences:
  organization/infra/dev:
    outputs: {image: "reg/web:1.0"}
    secretOutputs: {token: tok}
`;

interface Recorded {
  k: "res" | "stack";
  urn: string;
  props: Record<string, unknown>;
}

/** Records by kind and URN, with generated name suffixes normalised as the recordings' own compare.py does. */
function load(file: string): Map<string, Recorded> {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return new Map(
    lines.map(line => {
      const record = JSON.parse(line.replace(/([a-z0-9])-[0-9a-f]{7,8}(?=["/.:])/g, "$1-HASH")) as Recorded;
      return [`${record.k} ${record.urn}`, record];
    }),
  );
}

/** Whether ours says what the engine's says, or leaves open what only a live server knows. */
function within(ours: unknown, real: unknown): boolean {
  if (ours === UNKNOWN || ours === real) return true;
  if (Array.isArray(ours) && Array.isArray(real)) {
    return ours.length === real.length && ours.every((element, index) => within(element, real[index]));
  }
  if (typeof ours !== "object" || typeof real !== "object" || ours === null || real === null || Array.isArray(ours))
    return false;
  return Object.entries(ours).every(
    ([key, value]) => key.startsWith("__") || within(value, (real as Record<string, unknown>)[key]),
  );
}

function equal(ours: unknown, real: unknown): boolean {
  try {
    assert.deepEqual(ours, real);
    return true;
  } catch {
    return false;
  }
}

/** The recording is of a live cluster: a value that it alone knows is unknown here. */
function matches(ours: Recorded, real: Recorded): boolean {
  if (ours.k === "res") return equal(fillUnknowns(ours, real), real);
  const { props: ourProps, ...ourRest } = ours;
  const { props: realProps, ...realRest } = real;
  return equal(ourRest, realRest) && within(ourProps, realProps);
}

function fillUnknowns(ours: unknown, real: unknown): unknown {
  if (ours === UNKNOWN) return real;
  if (Array.isArray(ours))
    return ours.map((element, index) => fillUnknowns(element, (real as unknown[] | undefined)?.[index]));
  if (typeof ours !== "object" || ours === null) return ours;
  return Object.fromEntries(
    Object.entries(ours).map(([key, value]) => [
      key,
      fillUnknowns(value, (real as Record<string, unknown> | undefined)?.[key]),
    ]),
  );
}

function isKnown(recording: string, record: Recorded): boolean {
  return knownDifferences.some(
    known =>
      known.recording === recording &&
      record.urn.endsWith(known.urn) &&
      (known.kind === "both" || known.kind === record.k),
  );
}

function cannotBeRendered(record: Recorded): boolean {
  return Object.entries(renderedBy).some(
    ([component, programs]) =>
      record.urn.includes(component) && !programs.some(program => findProgram(program) !== undefined),
  );
}

function pathWithRenderers(): string {
  const renderers = Object.values(renderedBy)
    .flat()
    .map(findProgram)
    .filter(path => path !== undefined);
  return [...renderers.map(path => dirname(path)), process.env["PATH"] ?? ""].join(delimiter);
}

describe("a hermetic preview shows a policy what the real engine shows it", function () {
  this.timeout(300_000);
  const { salt, seal } = sealer();

  before(function () {
    if (!existsSync(goldens)) {
      if (this.test?.parent !== undefined) this.test.parent.title += " [needs ../shared/data/engine-goldens]";
      this.skip();
    }
  });
  after(removeTemporary);

  for (const [name, { secrets, records }] of Object.entries(recordings)) {
    for (const mode of modes) {
      it(`${name}, ${mode}`, async () => {
        const programDir = copyOf(join(goldens, name, "program"));
        const config = Object.entries(secrets).map(([key, value]) => `  ${key}: {secure: "${seal(value)}"}\n`);
        writeFileSync(join(programDir, "Pulumi.dev.yaml"), `encryptionsalt: ${salt}\nconfig:\n${config.join("")}`);
        writeFileSync(join(programDir, "Pulumi.dev.fixtures.yaml"), fixtures);
        const out = join(programDir, "recorded.jsonl");
        const env = { NOV2: "1", REC_OUT: out, PULUMI_CONFIG_PASSPHRASE: passphrase, PATH: pathWithRenderers() };

        await preview(programDir, {
          mode,
          policyPacks: [copyOf(join(goldens, "recorder-pack"))],
          env,
          timeoutSeconds: 240,
        });

        const ours = load(out);
        const real = load(join(goldens, name, "recorded.jsonl"));
        assert.equal(real.size, records, "the recording is the one that this test knows");
        const differing = [...new Set([...ours.keys(), ...real.keys()])].filter(key => {
          const our = ours.get(key);
          const their = real.get(key);
          if (their === undefined) return true;
          if (isKnown(name, their) || cannotBeRendered(their)) return false;
          return our === undefined || !matches(our, their);
        });
        assert.deepEqual(
          differing.map(key => ({ key, ours: ours.get(key), real: real.get(key) })),
          [],
        );
      });
    }
  }
});
