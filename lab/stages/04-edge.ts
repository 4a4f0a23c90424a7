import { readFileSync } from "node:fs";
import { request } from "node:http";
import { WebSocket } from "ws";
import { withAddresses } from "../src/addresses.js";
import { type Answer, EdgeClient } from "../src/client.js";
import { answerFaults, cases, headerFaults, plainHeaders } from "../src/edgeAnswers.js";
import { slowLoris } from "../src/edgeAttacks.js";
import { limitFaults } from "../src/edgeLimits.js";
import { outageFaults } from "../src/edgeOutage.js";
import { sslyze, testssl } from "../src/edgeScans.js";
import type { Lab } from "../src/lab.js";
import { readyPods, tokensOf } from "../src/users.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/** What sslyze says against Mozilla's profile `modern`, and why it stays. */
const knownToSslyze = [
  // The lab's ACME server signs with RSA.
  /^certificate_/,
  // The library's own list of curves, which on newer ones leads with the post-quantum group that the profile wants; see components/edge/tls.ts.
  /^tls_curves: TLS curves \{('X448', 'secp521r1'|'secp521r1', 'X448')\} are supported/,
];

/** What testssl.sh finds above LOW, and why it stays. */
const knownToTestssl: Readonly<Record<string, string>> = {
  cert_revocation: "the lab's ACME server names neither CRL nor OCSP",
  BREACH: "pages and assets, which hold no secret, are compressed; answers with tokens are not",
};

/** Longer than any time that the edge allows an ordinary request or a silent connection (60 and 75 s). */
const idleSeconds = 80;

/** A browser that only listens. @returns messages it got in its last ten seconds */
async function listen({ edge }: Lab, token: string, localAddress: string): Promise<number> {
  const socket = new WebSocket(`wss://${edge.address}:${edge.port}/ws`, ["bearer", token], {
    ...{ servername: edge.host, ca: readFileSync(edge.caFile), localAddress },
    headers: { host: edge.host },
  });
  try {
    let messages = 0;
    socket.on("message", () => (messages += 1));
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    const closed = new Promise<never>((_, reject) =>
      socket.once("close", code => reject(new Error(`a WebSocket was closed with ${code} within ${idleSeconds} s`))),
    );
    closed.catch(() => undefined);
    const wait = (seconds: number) =>
      Promise.race([closed, new Promise(resolve => setTimeout(resolve, seconds * 1000))]);
    await wait(idleSeconds - 10);
    messages = 0;
    await wait(10);
    return messages;
  } finally {
    socket.terminate();
  }
}

/** Over plain HTTP. */
function plain({ edge }: Lab, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: edge.address,
      port: edge.plainPort,
      path,
      headers: { host: edge.host },
      agent: false,
    });
    asked.once("error", reject);
    asked.once("response", response => {
      response.resume();
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.alloc(0) }),
      );
    });
    asked.end();
  });
}

async function redirectFaults(lab: Lab): Promise<string[]> {
  const answer = await plain(lab, "/fleet?x=1");
  const wanted = `${lab.edge.url}/fleet?x=1`;
  const faults = headerFaults("plain HTTP", answer, plainHeaders);
  if (![301, 308].includes(answer.status) || answer.headers["location"] !== wanted) {
    faults.push(
      `plain HTTP: answered ${answer.status} to ${String(answer.headers["location"])}, must lead to ${wanted}`,
    );
  }
  if (answer.headers["strict-transport-security"] !== undefined)
    faults.push("plain HTTP: has HSTS, which RFC 6797 forbids");
  return faults;
}

async function measure(lab: Lab, addresses: readonly string[]): Promise<Figures> {
  const [ordinary = "", live = "", attacker = "", honest = "", away = "", ...forLimits] = addresses;
  const [officer, admin] = [await tokensOf(lab, "officer"), await tokensOf(lab, "admin")];
  const replicas = (await readyPods(lab, "edge")).length;
  const client = new EdgeClient(lab.edge, ordinary);
  const asset = /"(\/assets\/[^"]+\.js)"/.exec((await client.ask("/")).body.toString())?.[1];
  promise(asset !== undefined, "the page names no script");

  // What takes long and hardly any CPU goes on beside the rest.
  const idle = listen(lab, officer.accessToken, live);
  idle.catch(() => undefined);
  const asked = cases(asset, officer.accessToken);
  const faults = [...(await answerFaults(client, asked)), ...(await redirectFaults(lab))];
  const { limits, faults: limitsWrong } = await limitFaults(lab, replicas, forLimits, asset, {
    standard: officer.accessToken,
    premium: admin.accessToken,
  });
  const scanning = testssl(lab);
  scanning.catch(() => undefined);
  const attack = await slowLoris(lab, [attacker, honest]);
  const outage = await outageFaults(lab, away);
  faults.push(...limitsWrong, ...attack.faults, ...outage.faults);

  const tls = (await sslyze(lab)).filter(line => !knownToSslyze.some(known => known.test(line)));
  const scan = await scanning;
  const above = scan.above.filter(({ id }) => knownToTestssl[id] === undefined);
  faults.push(
    ...tls.map(line => `sslyze: ${line}`),
    ...above.map(({ id, finding }) => `testssl.sh: ${id}: ${finding}`),
  );
  const messages = await idle;
  if (messages === 0) faults.push("the WebSocket stayed open and heard nothing");
  promiseNone(faults, "the edge is not as declared");
  return {
    answersChecked: Object.keys(asked).length + 2,
    headersOnEach: Object.keys(plainHeaders).length + 1,
    replicas,
    limits: { ...limits },
    slowLoris: attack.figures,
    siteAwayStatus: outage.status,
    webSocketIdleSeconds: idleSeconds,
    sslyzeKnown: ["the ACME server's RSA signature", "curves of the library's own list"],
    testsslChecks: scan.checks,
    testsslKnown: Object.keys(knownToTestssl),
  };
}

export const stage: Stage = {
  id: 4,
  title: "the edge, from outside the pod network, answers, limits and refuses as declared",
  labOnly: true,
  run: lab => withAddresses(9, lab.edge.address, addresses => measure(lab, addresses)),
};
