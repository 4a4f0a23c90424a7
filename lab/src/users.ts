import { randomBytes } from "node:crypto";
import type { Lab } from "./lab.js";
import { isReady, type Pod } from "./objects.js";
import { lastLine, type Outcome } from "./process.js";

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** Users that `dist/seed.js` makes: one of each role; the admin is of the tier `premium`, the others of `standard`. */
export type DemoUser = "viewer" | "officer" | "admin";

/** Pods of a component that serve, oldest first. */
export async function readyPods({ kubectl, namespaces }: Lab, component: string): Promise<Pod[]> {
  const selector = `app.kubernetes.io/name,app.kubernetes.io/instance=${component}`;
  const pods = await kubectl.list<Pod>(["pods", "--namespace", namespaces.app, "--selector", selector]);
  return pods.filter(isReady);
}

async function inApi(lab: Lab, command: readonly string[], input = ""): Promise<Outcome> {
  const [pod] = await readyPods(lab, "api");
  if (pod === undefined) throw new Error("no pod of the API is ready");
  const { name, namespace = "" } = pod.metadata;
  return lab.kubectl.exec({ namespace, pod: name, container: "api" }, command, { input });
}

let seeded: Promise<string> | undefined;

/** Makes the demonstration's users and vessels, once a run. @returns their password, a new one in each run */
export function seed(lab: Lab): Promise<string> {
  seeded ??= (async () => {
    const password = randomBytes(18).toString("base64url");
    const outcome = await inApi(lab, ["env", `SEED_PASSWORD=${password}`, "node", "dist/seed.js"]);
    if (outcome.code !== 0) throw new Error(`the demonstration's users could not be made: ${lastLine(outcome)}`);
    return password;
  })();
  return seeded;
}

const login = `
const https = require("node:https");
const { readFileSync } = require("node:fs");
const body = readFileSync(0);
const { PORT: port, TLS_CA_FILE: ca, TLS_SERVER_NAME: servername } = process.env;
const headers = { "content-type": "application/json", "content-length": body.length };
https
  .request({ host: "127.0.0.1", port, path: "/api/auth/login", method: "POST", headers, ca: readFileSync(ca), servername }, answer => {
    answer.pipe(process.stdout);
    answer.on("end", () => (process.exitCode = answer.statusCode === 200 ? 0 : 1));
  })
  .end(body);
`;

/** Tokens of a user, had inside the pod: the edge's limit of logins is for the stage that measures it. */
export async function tokensOf(lab: Lab, name: DemoUser): Promise<Tokens> {
  const password = await seed(lab);
  const server = `TLS_SERVER_NAME=api.${lab.namespaces.app}.svc`;
  const outcome = await inApi(lab, ["env", server, "node", "-e", login], JSON.stringify({ name, password }));
  if (outcome.code !== 0) throw new Error(`${name} could not sign in: ${lastLine(outcome)}`);
  return JSON.parse(outcome.stdout) as Tokens;
}
