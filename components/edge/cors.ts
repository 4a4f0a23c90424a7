import { withDefaults } from "../lib/compact";
import { distinct, flag, headerName, list, oneOf, origin, record, whole } from "./check";
import { type Lines, pattern, quote, table } from "./syntax";

export interface CorsArgs {
  /** Origins whose pages may read the answers. An allow-list: there is no "any". */
  allowOrigins: readonly string[];
  /** @default ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] */
  allowMethods?: readonly string[];
  /** Request headers they may set. @default ["Authorization", "Content-Type", "X-Request-Id"] */
  allowHeaders?: readonly string[];
  /** Response headers they may read. @default ["X-Request-Id", "Retry-After"] */
  exposeHeaders?: readonly string[];
  /** Send cookies and credentials along. @default false */
  credentials?: boolean;
  /** How long a browser may remember the answer to a preflight; Chromium honours 7200 at most. @default 7200 */
  maxAgeSeconds?: number;
}

/** The only copy of these values; a test holds the tags above to them. */
export const corsDefaults = {
  allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  allowHeaders: ["Authorization", "Content-Type", "X-Request-Id"],
  exposeHeaders: ["X-Request-Id", "Retry-After"],
  credentials: false,
  maxAgeSeconds: 7200,
};

/** Methods that reach an upstream at all. */
export const allowedMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** A site's CORS: maps at http level, and headers at server level. */
export interface Cors {
  maps: Lines;
  headers: Lines;
}

/** The headers that `cors` owns; an upstream's own are hidden. */
export const corsHeaders = [
  "Access-Control-Allow-Origin",
  "Access-Control-Allow-Credentials",
  "Access-Control-Expose-Headers",
  "Access-Control-Allow-Methods",
  "Access-Control-Allow-Headers",
  "Access-Control-Max-Age",
];

/** Whether a request is a preflight: asked before the real one, without credentials, so the edge answers it. At http level. */
export const preflightMap: Lines = table(
  'map "$request_method:$http_origin:$http_access_control_request_method" $edge_preflight',
  ["default", "0"],
  [pattern("~", "^OPTIONS:.+:.+$"), "1"],
);

/**
 * @param argument where the arguments stand, for messages: `sites[0].cors`
 * @param site the site's number, which keeps its variables apart from other sites'
 * @throws RangeError naming the argument
 */
export function cors(argument: string, args: CorsArgs, site: number): Cors {
  const chosen = withDefaults(corsDefaults, record(argument, args));
  list(`${argument}.allowOrigins`, chosen.allowOrigins, 1).forEach((value, index) =>
    origin(`${argument}.allowOrigins[${index}]`, value),
  );
  distinct(`${argument}.allowOrigins`, chosen.allowOrigins);
  list(`${argument}.allowMethods`, chosen.allowMethods).forEach((value, index) =>
    oneOf(`${argument}.allowMethods[${index}]`, value, [...allowedMethods]),
  );
  list(`${argument}.allowHeaders`, chosen.allowHeaders).forEach((value, index) =>
    headerName(`${argument}.allowHeaders[${index}]`, value),
  );
  list(`${argument}.exposeHeaders`, chosen.exposeHeaders).forEach((value, index) =>
    headerName(`${argument}.exposeHeaders[${index}]`, value),
  );
  flag(`${argument}.credentials`, chosen.credentials);
  whole(`${argument}.maxAgeSeconds`, chosen.maxAgeSeconds, 0, 86400);

  const allowed = `$edge_cors_${site}`;
  const whenAllowed = (name: string, value: string) => ({ name, source: allowed, key: "~.", value });
  const inPreflight = (name: string, value: string) => ({
    name,
    source: `"$edge_preflight:${allowed}"`,
    key: "~^1:.",
    value,
  });
  const conditional = [
    ...(chosen.credentials ? [whenAllowed("Access-Control-Allow-Credentials", "true")] : []),
    whenAllowed("Access-Control-Expose-Headers", chosen.exposeHeaders.join(", ")),
    inPreflight("Access-Control-Allow-Methods", chosen.allowMethods.join(", ")),
    inPreflight("Access-Control-Allow-Headers", chosen.allowHeaders.join(", ")),
    inPreflight("Access-Control-Max-Age", String(chosen.maxAgeSeconds)),
  ].filter(({ value }) => value !== "");
  const variable = (name: string) => `$edge_${name.toLowerCase().replaceAll("-", "_")}_${site}`;
  return {
    maps: [
      ...table(
        `map $http_origin ${allowed}`,
        ["default", '""'],
        ...chosen.allowOrigins.map(value => [quote(value), quote(value)] as const),
      ),
      ...conditional.flatMap(({ name, source, key, value }) =>
        table(`map ${source} ${variable(name)}`, ["default", '""'], [quote(key), quote(value)]),
      ),
    ],
    // An empty value is not sent. Vary always is: a cache must not give one origin another's answer.
    headers: [
      "add_header Vary Origin always;",
      `add_header Access-Control-Allow-Origin ${allowed} always;`,
      ...conditional.map(({ name }) => `add_header ${name} ${variable(name)} always;`),
    ],
  };
}
