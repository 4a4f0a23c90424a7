import { randomBytes, randomUUID, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Redis } from "ioredis";
import { jwtVerify, SignJWT } from "jose";
import type pg from "pg";

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt);
/** OWASP's scrypt parameters: N = 2^14 with r = 8 and p = 5 or stronger; Node's r = 8 is fixed here, memory 16 MiB. */
const cost = { N: 2 ** 14 };

export interface User {
  id: string;
  name: string;
  role: "viewer" | "officer" | "admin";
  tier: "standard" | "premium";
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const accessSeconds = 900;
const refreshSeconds = 30 * 24 * 3600;

/** `salt:hash`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, cost);
  return `${salt.toString("base64url")}:${hash.toString("base64url")}`;
}

async function matches(password: string, stored: string): Promise<boolean> {
  const [salt = "", hash = ""] = stored.split(":").map(part => Buffer.from(part, "base64url"));
  const expected = Buffer.from(hash);
  if (expected.length !== 32) return false;
  return timingSafeEqual(await derive(password, Buffer.from(salt), 32, cost), expected);
}

/** Users and their sessions: a short-lived signed access token, and a refresh token that works once. */
export class Users {
  constructor(
    private readonly pool: pg.Pool,
    private readonly redis: Redis,
    private readonly secret: Uint8Array,
  ) {}

  /** @returns undefined for an unknown name and for a wrong password, after the same work */
  async login(name: string, password: string): Promise<Tokens | undefined> {
    const { rows } = await this.pool.query<User & { password_hash: string }>(
      "select id, name, role, tier, password_hash from users where name = $1",
      [name],
    );
    const [user] = rows;
    const stored = user?.password_hash ?? `${"A".repeat(22)}:${"A".repeat(43)}`;
    const ok = await matches(password, stored);
    return user !== undefined && ok ? this.issue(user) : undefined;
  }

  /** Trades a refresh token for new tokens. Taken out of the cache first, so that of two who use it one fails. */
  async refresh(token: string): Promise<Tokens | undefined> {
    const id = await this.redis.getdel(`refresh:${token}`);
    if (id === null) return undefined;
    const { rows } = await this.pool.query<User>("select id, name, role, tier from users where id = $1", [id]);
    return rows[0] === undefined ? undefined : this.issue(rows[0]);
  }

  async logout(token: string): Promise<void> {
    await this.redis.del(`refresh:${token}`);
  }

  /** Who a bearer token speaks for; undefined when it is not ours, altered or expired. */
  async verify(bearer: string | undefined): Promise<User | undefined> {
    const token = /^Bearer (\S+)$/.exec(bearer ?? "")?.[1];
    if (token === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, this.secret, { algorithms: ["HS256"], issuer: "flowmarine" });
      const { sub = "", name, role, tier } = payload as { sub?: string } & Pick<User, "name" | "role" | "tier">;
      return { id: sub, name, role, tier };
    } catch {
      return undefined;
    }
  }

  private async issue({ id, name, role, tier }: User): Promise<Tokens> {
    const accessToken = await new SignJWT({ name, role, tier })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(id)
      .setIssuer("flowmarine")
      .setIssuedAt()
      .setExpirationTime(`${accessSeconds}s`)
      .sign(this.secret);
    const refreshToken = randomUUID() + randomUUID();
    await this.redis.set(`refresh:${refreshToken}`, id, "EX", refreshSeconds);
    return { accessToken, refreshToken };
  }
}
