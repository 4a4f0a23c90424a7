import { createHash, randomBytes } from "node:crypto";
import type { Redis } from "ioredis";

/** Thirty days without a renewal end a session. */
const idleSeconds = 30 * 24 * 3600;

const random = () => randomBytes(24).toString("base64url");
const sessionKey = (session: string) => `session:${session}`;
/** Only a digest is stored: who can read the cache cannot use what is in it. */
const tokenKey = (token: string) => `refresh:${createHash("sha256").update(token).digest("base64url")}`;

/**
 * Sessions in the cache. A refresh token, `session.secret`, works once and gives its successor. One that comes a second time was stolen, or
 * its successor was: nobody can tell which, so the session ends for both.
 */
export class Sessions {
  constructor(private readonly redis: Redis) {}

  /** @returns the session's first refresh token */
  async open(userId: string): Promise<string> {
    return this.issue(random(), userId);
  }

  /** @returns undefined when the token is not ours, was used before, or its session has ended */
  async renew(token: string): Promise<{ userId: string; token: string } | undefined> {
    const session = token.split(".", 1)[0] ?? "";
    // Taken out and read in one step: of two who come at once, one comes second.
    const fresh = await this.redis.getdel(tokenKey(token));
    const userId = await this.redis.get(sessionKey(session));
    if (userId === null) return undefined;
    if (fresh === null) {
      await this.redis.del(sessionKey(session));
      return undefined;
    }
    return { userId, token: await this.issue(session, userId) };
  }

  async close(token: string): Promise<void> {
    // The token must be a valid one: knowing a session's name is not enough to end it.
    if ((await this.redis.getdel(tokenKey(token))) === null) return;
    await this.redis.del(sessionKey(token.split(".", 1)[0] ?? ""));
  }

  private async issue(session: string, userId: string): Promise<string> {
    const token = `${session}.${random()}`;
    await this.redis
      .multi()
      .set(sessionKey(session), userId, "EX", idleSeconds)
      .set(tokenKey(token), "1", "EX", idleSeconds)
      .exec();
    return token;
  }
}
