import { withDefaults } from "../lib/compact";
import { keyName, oneOf, record, refuse, whole } from "./check";
import { block, type Lines, pattern, quote, table } from "./syntax";

/** How many requests may come, over the whole edge, whatever the number of replicas. */
export interface Rate {
  /** Requests a minute, evenly. */
  perMinute: number;
  /** Requests beyond that which may come at once. */
  burst: number;
}

export interface RateLimitArgs {
  /** Per client address, on every request, whatever else applies. An IPv6 client is its /64. @default { perMinute: 3000, burst: 200 } */
  address?: Rate;
  /** Per client address, on routes with `limit: "login"`. @default { perMinute: 10, burst: 5 } */
  login?: Rate;
  /** Per verified user, by the tier the verify endpoint returns. @default { standard: { perMinute: 600, burst: 60 } } */
  tiers?: Readonly<Record<string, Rate>>;
  /** The tier of users whose tier is not listed. @default "standard" */
  defaultTier?: string;
  /** Requests of one client address that may be open at once, WebSockets included. @default 100 */
  connectionsPerAddress?: number;
  /** Memory for each limit's counters, in MiB; 1 MiB holds 8,000 clients. When full, the oldest is forgotten. @default 10 */
  zoneMiB?: number;
}

/** The only copy of these values; a test holds the tags above to them. */
export const rateLimitDefaults = {
  address: { perMinute: 3000, burst: 200 },
  login: { perMinute: 10, burst: 5 },
  tiers: { standard: { perMinute: 600, burst: 60 } } as Readonly<Record<string, Rate>>,
  defaultTier: "standard",
  connectionsPerAddress: 100,
  zoneMiB: 10,
};

/** One replica's share of a rate, and when a refused client may come back. */
export interface Share extends Rate {
  retryAfterSeconds: number;
}

/**
 * Requests spread over replicas as the load balancer likes, so each may grant only its part of what is promised for the whole.
 *
 * @throws RangeError when there is not one request a minute for each
 */
export function share(argument: string, rate: Rate, replicas: number): Share {
  record(argument, rate);
  whole(`${argument}.perMinute`, rate.perMinute, 1, 6_000_000);
  whole(`${argument}.burst`, rate.burst, 0, 1_000_000);
  const perMinute = Math.floor(rate.perMinute / replicas);
  if (perMinute < 1) refuse(`${argument}.perMinute`, `at least 1 for each of ${replicas} replicas`, rate.perMinute);
  return {
    perMinute,
    burst: Math.floor(rate.burst / replicas),
    retryAfterSeconds: Math.ceil(60 / perMinute),
  };
}

/** One limit: nginx's zone for it, and each replica's share. */
interface Limit extends Share {
  zone: string;
}

export interface RateLimits {
  address: Limit;
  login: Limit;
  tiers: Readonly<Record<string, Limit>>;
  defaultTier: string;
  /** Open requests per address on one replica. */
  connections: number;
  zoneMiB: number;
}

/** Checks the limits and divides them by the most replicas there can be. */
export function rateLimits(args: RateLimitArgs = {}, replicas: number): RateLimits {
  const chosen = withDefaults(rateLimitDefaults, record("limits", args));
  const limit = (argument: string, zone: string, rate: Rate) => ({ zone, ...share(argument, rate, replicas) });
  const names = Object.keys(record("limits.tiers", chosen.tiers));
  for (const name of names) keyName("limits.tiers name", name);
  return {
    address: limit("limits.address", "edge_address", chosen.address),
    login: limit("limits.login", "edge_login", chosen.login),
    tiers: Object.fromEntries(
      names.map(name => [
        name,
        limit(`limits.tiers["${name}"]`, `edge_tier_${name.replaceAll("-", "_")}`, chosen.tiers[name] as Rate),
      ]),
    ),
    defaultTier: oneOf("limits.defaultTier", chosen.defaultTier, names),
    connections: Math.ceil(whole("limits.connectionsPerAddress", chosen.connectionsPerAddress, 1, 65535) / replicas),
    zoneMiB: whole("limits.zoneMiB", chosen.zoneMiB, 1, 1024),
  };
}

const zone = (key: string, { zone, perMinute }: Limit, zoneMiB: number) =>
  `limit_req_zone ${key} zone=${zone}:${zoneMiB}m rate=${perMinute}r/m;`;

/** The limits' zones and keys, at http level. The tiers' keys are in `tierZones`: they exist only where identities are verified. */
export const addressZones = (limits: RateLimits): Lines => [
  // Whoever has one IPv6 address has its /64 too. The address is binary, so `s`: a byte may be a line feed.
  ...table(
    "map $binary_remote_addr $edge_client",
    ["default", "$binary_remote_addr"],
    [pattern("~", "(?s)^(?<edge_net64>.{8}).{8}$"), "$edge_net64"],
  ),
  zone("$edge_client", limits.address, limits.zoneMiB),
  zone("$edge_client", limits.login, limits.zoneMiB),
  `limit_conn_zone $edge_client zone=edge_connections:${limits.zoneMiB}m;`,
  "limit_req_status 429;",
  "limit_conn_status 429;",
];

/**
 * A zone for each tier, at http level. A user's key is empty, which is no limit, in all zones but his tier's.
 *
 * @param user variable with the verified user
 * @param tier variable with the tier that was verified with it
 */
export function tierZones(limits: RateLimits, user: string, tier: string): Lines {
  const others = Object.keys(limits.tiers).filter(name => name !== limits.defaultTier);
  return Object.entries(limits.tiers).flatMap(([name, limit]) => [
    ...(name === limits.defaultTier
      ? table(
          `map ${tier} $${limit.zone}_user`,
          ["default", user],
          ...others.map(other => [quote(other), '""'] as const),
        )
      : table(`map ${tier} $${limit.zone}_user`, ["default", '""'], [quote(name), user])),
    zone(`$${limit.zone}_user`, limit, limits.zoneMiB),
  ]);
}

const limitLine = ({ zone, burst }: Limit) => `limit_req zone=${zone}${burst > 0 ? ` burst=${burst} nodelay` : ""};`;

/** What limits every request, at server level: a location that has limits of its own must repeat it. */
export const addressLimits = (limits: RateLimits): Lines => [
  limitLine(limits.address),
  `limit_conn edge_connections ${limits.connections};`,
];

/** What limits a login, at location level. */
export const loginLimits = (limits: RateLimits): Lines => [limitLine(limits.address), limitLine(limits.login)];

/** What limits verified users, in the second hop. */
export const tierLimits = (limits: RateLimits): Lines => Object.values(limits.tiers).map(limitLine);

/** Seconds after which a refused user may come back, by tier. */
export const tierRetryAfter = (limits: RateLimits, tier: string): Lines =>
  block(`map "$status:${tier}" $edge_tier_retry_after`, [
    "volatile;",
    'default "";',
    `${pattern("~", "^429:")} ${limits.tiers[limits.defaultTier]?.retryAfterSeconds ?? 1};`,
    ...Object.entries(limits.tiers).map(([name, limit]) => `${quote(`429:${name}`)} ${limit.retryAfterSeconds};`),
  ]);
