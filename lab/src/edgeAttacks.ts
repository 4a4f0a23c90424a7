import type { TLSSocket } from "node:tls";
import { requestDefaults } from "../../components/edge/requests";
import { EdgeClient } from "./client.js";
import type { Lab } from "./lab.js";

/** Slow clients at once: fewer than one address may have open, so that it is time that refuses them. */
const attackers = 40;
/** What a loaded machine may take beyond the declared time. */
const slackSeconds = 10;

/** How long the edge kept a connection, in seconds; undefined when it still did at the end. */
function closedAfter(socket: TLSSocket, mostSeconds: number): Promise<number | undefined> {
  const started = performance.now();
  return new Promise(resolve => {
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(undefined);
    }, mostSeconds * 1000);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve((performance.now() - started) / 1000);
    });
    socket.resume();
  });
}

/** Sends a byte of a header every second, for ever. */
async function slowHeader(client: EdgeClient, host: string, mostSeconds: number): Promise<number | undefined> {
  const socket = await client.connect();
  const closed = closedAfter(socket, mostSeconds);
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
  const timer = setInterval(() => socket.write("x"), 1000);
  return closed.finally(() => clearInterval(timer));
}

/** Announces a body and sends none of it. */
async function slowBody(client: EdgeClient, host: string, mostSeconds: number): Promise<number | undefined> {
  const socket = await client.connect();
  const closed = closedAfter(socket, mostSeconds);
  socket.write(
    `POST /api/auth/logout HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`,
  );
  return closed;
}

/** Slow clients at one address, and an honest one at another, who must not notice. */
export async function slowLoris(
  lab: Lab,
  [attacker, honest]: readonly [string, string],
): Promise<{ figures: { attackers: number; longestSeconds: number; servedMeanwhile: number }; faults: string[] }> {
  const { headerSeconds, bodySeconds } = requestDefaults;
  const most = Math.max(headerSeconds, bodySeconds) + slackSeconds;
  const slow = new EdgeClient(lab.edge, attacker);
  const { host } = lab.edge;
  const attack = Promise.all(
    Array.from({ length: attackers }, (_, index) => (index % 2 === 0 ? slowHeader : slowBody)(slow, host, most)),
  );
  const attacking = { on: true };
  void attack.finally(() => (attacking.on = false));
  const client = new EdgeClient(lab.edge, honest);
  const faults: string[] = [];
  let served = 0;
  while (attacking.on) {
    const { status } = await client.ask("/");
    if (status === 200) served += 1;
    else faults.push(`an honest client was answered ${status} during the attack`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  const times = await attack;
  const kept = times.filter(time => time === undefined).length;
  if (kept > 0) faults.push(`${kept} of ${attackers} slow clients still had their connection after ${most} s`);
  const longest = Math.max(...times.map(time => time ?? most));
  return { figures: { attackers, longestSeconds: longest, servedMeanwhile: served }, faults };
}
