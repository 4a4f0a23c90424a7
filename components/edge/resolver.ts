/** Where the run script writes which DNS servers the pod was given: nginx does not read resolv.conf. In the state folder. */
export const resolverFile = "resolver.conf";

/** nginx's line for these DNS servers; `seconds` instead of the records' own time to live. IPv4 only: the edge's upstreams are. */
export const resolverLine = (servers: readonly string[], seconds: number) =>
  `resolver ${servers.join(" ")} valid=${seconds}s ipv6=off;`;
