import { type Rate, rateLimitDefaults, type Share, share } from "../../components/edge/rateLimits";
import type { Answer, Asked } from "./client.js";
import { EdgeClient } from "./client.js";
import { headerFaults } from "./edgeAnswers.js";
import type { Lab } from "./lab.js";

/** As index.ts declares them for FlowMarine; the tier of a demonstration user is what dist/seed.js says. */
export const tiers = { standard: { perMinute: 600, burst: 60 }, premium: { perMinute: 3000, burst: 300 } };

/** A figure of the report: an interface would not be one. */
type Measured = {
  accepted: number;
  refused: number;
  /** What one replica may grant in the time that it took. */
  least: number;
  most: number;
};

/**
 * Asks so often on one connection, and so of one replica, from an address that has asked nothing yet. It must grant the burst and one more,
 * and for every moment that it takes what the rate gives, no less and no more; the rest is refused with 429 and when to come again.
 */
async function measure(
  lab: Lab,
  what: string,
  address: string,
  limit: Share,
  atOnce: number,
  { count, path, ...asked }: Asked & { count: number; path: string },
): Promise<{ measured: Measured; faults: string[] }> {
  const started = performance.now();
  const answers = await new EdgeClient(lab.edge, address).burst(count, atOnce, path, asked);
  const seconds = (performance.now() - started) / 1000;
  const limited = answers.filter(({ status }) => status === 429);
  const least = Math.min(count, limit.burst + 1);
  const most = Math.min(count, limit.burst + 1 + Math.ceil((seconds * limit.perMinute) / 60));
  const accepted = answers.length - limited.length;
  const faults: string[] = [];
  if (accepted < least || accepted > most)
    faults.push(`${what}: granted ${accepted} of ${count}, must be ${least} to ${most}`);
  if (limited.length === 0) faults.push(`${what}: refused none of ${count} in ${seconds.toFixed(1)} s`);
  const wrong = (answer: Answer) => answer.headers["retry-after"] !== String(limit.retryAfterSeconds);
  const wrongAnswer = limited.find(wrong);
  if (wrongAnswer !== undefined) {
    faults.push(
      `${what}: Retry-After is ${String(wrongAnswer.headers["retry-after"])}, must be ${limit.retryAfterSeconds}`,
    );
  }
  if (limited[0] !== undefined) faults.push(...headerFaults(`${what}, refused`, limited[0]));
  return { measured: { accepted, refused: limited.length, least, most }, faults };
}

/** @param addresses of the client, one for each limit; @param tokens of a user of each tier */
export async function limitFaults(
  lab: Lab,
  replicas: number,
  addresses: readonly string[],
  asset: string,
  tokens: Readonly<Record<keyof typeof tiers, string>>,
): Promise<{ limits: Record<string, Measured>; faults: string[] }> {
  const part = (rate: Rate) => share("rate", rate, replicas);
  const bearer = (tier: keyof typeof tiers) => ({
    path: "/api/vessels",
    headers: { authorization: `Bearer ${tokens[tier]}` },
  });
  const login = {
    ...{ path: "/api/auth/login", method: "POST", headers: { "content-type": "application/json" } },
    body: JSON.stringify({ name: "nobody", password: "wrong" }),
  };
  // Well below the limit of open requests, which is another than the one that is measured.
  const atOnce = Math.floor(rateLimitDefaults.connectionsPerAddress / replicas / 2);
  const address = part(rateLimitDefaults.address);
  const premium = part(tiers.premium);
  const plan: readonly [string, Share, Asked & { count: number; path: string }][] = [
    ["login", part(rateLimitDefaults.login), { count: 20, ...login }],
    ["address", address, { count: 3 * address.burst, path: asset }],
    ["tier standard", part(tiers.standard), { count: 90, ...bearer("standard") }],
    // One address may not ask for all that a premium user may: what it meets first is its own limit, which is still far above the other tier's.
    [
      "tier premium",
      premium.burst < address.burst ? premium : address,
      { count: 3 * address.burst, ...bearer("premium") },
    ],
  ];
  const limits: Record<string, Measured> = {};
  const faults: string[] = [];
  for (const [index, [what, limit, asked]] of plan.entries()) {
    const result = await measure(lab, what, addresses[index] ?? "", limit, atOnce, asked);
    limits[what] = result.measured;
    faults.push(...result.faults);
  }
  return { limits, faults };
}
