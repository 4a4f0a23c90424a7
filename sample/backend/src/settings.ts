/** The environment variables that the platform gives: links, certificate, secrets, and settings of our own. */

/** @throws Error naming the variable that is missing */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
  return value;
}

function whole(name: string, what: string, most: number): number {
  const value = Number(required(name));
  if (Number.isInteger(value) && value > 0 && value <= most) return value;
  throw new Error(`environment variable ${name} must be ${what}, got ${required(name)}`);
}

const port = (name: string): number => whole(name, "a port", 65_535);

/** Shorter, and the key of HS256 could be guessed (RFC 7518, 3.2). */
const leastSecretBytes = 32;

/** Where it runs. What must never happen in production is refused unless another place is named. */
export const isProduction = () => !["local", "staging"].includes(process.env["ENVIRONMENT"] ?? "production");

export const tls = () => ({
  certFile: required("TLS_CERT_FILE"),
  keyFile: required("TLS_KEY_FILE"),
  caFile: required("TLS_CA_FILE"),
});

export const database = () => ({
  host: required("DATABASE_HOST"),
  port: port("DATABASE_PORT"),
  database: required("DATABASE_NAME"),
  user: required("DATABASE_USER"),
  password: required("DATABASE_PASSWORD"),
  // Its share of what the database can hold.
  max: whole("DATABASE_POOL_SIZE", "a number of connections, 1 to 1000", 1000),
});

export const cache = () => ({
  host: required("CACHE_HOST"),
  port: port("CACHE_PORT"),
  username: required("CACHE_USER"),
  password: required("CACHE_PASSWORD"),
});

export function service(): { port: number; jwtSecret: Uint8Array } {
  const jwtSecret = new TextEncoder().encode(required("JWT_SECRET"));
  if (jwtSecret.length < leastSecretBytes) {
    throw new Error(`environment variable JWT_SECRET must have at least ${leastSecretBytes} bytes`);
  }
  return { port: port("PORT"), jwtSecret };
}

/** Positions from nowhere, for a system without vessels. */
export function simulatesFeed(): boolean {
  if (process.env["SIMULATE_FEED"] !== "true") return false;
  if (isProduction()) throw new Error("SIMULATE_FEED must not be true in production");
  return true;
}

export const worker = () => ({
  metricsPort: port("METRICS_PORT"),
  heartbeatFile: required("HEARTBEAT_FILE"),
});
