import { exporterUser, type RedisServer, stewardUser } from "./server";

/**
 * What the application may do: work with keys, channels and scripts. Not: see or change the server, empty it, or list it (`keys`). `info`
 * is there because client libraries ask it whether the server is still loading.
 */
export function applicationRules(server: RedisServer): string {
  const safe = "+@read +@write +@connection +@transaction +@pubsub +@scripting +@blocking -@admin -@dangerous +info";
  return ["~*", "&*", "-@all", safe, ...server.extraCommands.map(command => `+${command}`)].join(" ");
}

/** Counters only: no key, no channel, no configuration. */
const exporterRules =
  "resetkeys resetchannels -@all +ping +info +client|setname +slowlog|get +slowlog|len +latency|latest +latency|histogram";

/** What it takes to follow a new password and a new certificate, and to answer probes. */
const stewardRules = "resetkeys resetchannels -@all +ping +acl|setuser +config|set";

/** Users by name, with their rules, without their passwords. */
export function aclRules(server: RedisServer): Record<string, string> {
  return {
    [server.user]: applicationRules(server),
    [exporterUser]: exporterRules,
    [stewardUser]: stewardRules,
  };
}
