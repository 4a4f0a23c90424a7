import { jwtVerify, SignJWT } from "jose";
import type pg from "pg";
import { matches } from "./passwords.js";
import type { Sessions } from "./sessions.js";

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

/** Who a token speaks for, and until when, in seconds since 1970. */
export interface Verified extends User {
  expires: number;
}

/** A quarter of an hour: so long a token works after its user signed out or lost a role. */
const accessSeconds = 900;
const issuer = "flowmarine";

/** Users: a short-lived signed access token for every request, and a session behind it that renews it. */
export class Users {
  constructor(
    private readonly pool: pg.Pool,
    private readonly sessions: Sessions,
    private readonly secret: Uint8Array,
  ) {}

  /** @returns undefined for an unknown name and for a wrong password, after the same work */
  async login(name: string, password: string): Promise<Tokens | undefined> {
    const { rows } = await this.pool.query<User & { password_hash: string }>(
      "select id, name, role, tier, password_hash from users where name = $1",
      [name],
    );
    const [user] = rows;
    const right = await matches(password, user?.password_hash);
    return user !== undefined && right ? this.tokens(user, await this.sessions.open(user.id)) : undefined;
  }

  /** Trades a refresh token for new tokens, with the role that the user has now. */
  async refresh(token: string): Promise<Tokens | undefined> {
    const renewed = await this.sessions.renew(token);
    if (renewed === undefined) return undefined;
    const { rows } = await this.pool.query<User>("select id, name, role, tier from users where id = $1", [
      renewed.userId,
    ]);
    return rows[0] === undefined ? undefined : this.tokens(rows[0], renewed.token);
  }

  /** Who an access token speaks for; undefined when it is not ours, altered or expired. */
  async verify(token: string): Promise<Verified | undefined> {
    try {
      const { payload } = await jwtVerify<Omit<User, "id">>(token, this.secret, { algorithms: ["HS256"], issuer });
      const { sub = "", exp = 0, name, role, tier } = payload;
      return { id: sub, name, role, tier, expires: exp };
    } catch {
      return undefined;
    }
  }

  private async tokens({ id, name, role, tier }: User, refreshToken: string): Promise<Tokens> {
    const accessToken = await new SignJWT({ name, role, tier })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(id)
      .setIssuer(issuer)
      .setIssuedAt()
      .setExpirationTime(`${accessSeconds}s`)
      .sign(this.secret);
    return { accessToken, refreshToken };
  }
}
