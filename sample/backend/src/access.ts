import type { FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import type { User, Users, Verified } from "./users.js";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; set where a route has asked for it. */
    user: Verified | null;
  }
}

/** Who may do what. */
export class Access {
  constructor(private readonly users: Users) {}

  /** Who a request's bearer token speaks for. */
  async userOf(request: FastifyRequest): Promise<Verified | undefined> {
    const token = /^Bearer ([\w.-]{1,4096})$/.exec(request.headers.authorization ?? "")?.[1];
    return token === undefined ? undefined : this.users.verify(token);
  }

  /** A hook before the body is read: 401 without a valid token, 403 for a role that is not one of these. */
  only(...roles: readonly User["role"][]): preHandlerAsyncHookHandler {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const user = await this.userOf(request);
      if (user === undefined) {
        return reply.code(401).header("www-authenticate", "Bearer").send({ error: "sign in first" });
      }
      if (!roles.includes(user.role)) return reply.code(403).send({ error: `not for the role ${user.role}` });
      request.user = user;
      return undefined;
    };
  }
}

/** The user of a request that has passed `only`. */
export function userOf(request: FastifyRequest): Verified {
  if (request.user === null) throw new Error("a route asks for its user without access.only");
  return request.user;
}
