import { block, type Lines, quote } from "./syntax";

/**
 * Statuses that nginx itself may answer with, and what they are called (RFC 9110, 6585). Not 400, 414 and 505: nginx may give up before it
 * has a path, and then cannot go to a location; those keep its own short page.
 */
const statusTitles: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  411: "Length Required",
  413: "Content Too Large",
  416: "Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** At http level. Volatile, because a subrequest may have asked for its own status before. */
export const statusTitleMap: Lines = block("map $status $edge_title", [
  "volatile;",
  'default "Error";',
  ...Object.entries(statusTitles).map(([status, title]) => `${status} ${quote(title)};`),
]);

/**
 * At server level: errors in the form of RFC 9457, with the request id that support asks for, instead of nginx's HTML.
 *
 * @param requestId the variable that holds it
 */
export function errorPages(requestId = "$edge_request_id"): Lines {
  const statuses = Object.keys(statusTitles).filter(status => status !== "500");
  const body = `'{"type":"about:blank","title":"$edge_title","status":$status,"requestId":"${requestId}"}'`;
  return [
    `error_page ${statuses.join(" ")} @edge_error;`,
    // nginx's own name for a header that is too large.
    "error_page 494 =431 @edge_error;",
    // Nothing here fails by itself but the identity check: when its endpoint is out of order, nobody passes, and it is no fault of theirs.
    "error_page 500 =503 @edge_error;",
    ...block("location @edge_error", [
      "default_type application/problem+json;",
      ...block("types", []),
      // The status stays the error's.
      `return 200 ${body};`,
    ]),
  ];
}

/**
 * Retry-After at http level: the upstream's own, or how long until a limit or an outage may be over.
 *
 * @param limitSeconds what the limit of every request needs; a route with a slower one sets its own
 */
export const retryAfterMaps = (limitSeconds: number): Lines => [
  ...block("map $status $edge_own_retry_after", ["volatile;", 'default "";', "429 $edge_limit_retry_after;", "503 5;"]),
  ...block("map $edge_route_retry_after $edge_limit_retry_after", [
    'default "$edge_route_retry_after";',
    `"" ${limitSeconds};`,
  ]),
  ...block("map $upstream_http_retry_after $edge_retry_after", [
    "volatile;",
    'default "$upstream_http_retry_after";',
    '"" $edge_own_retry_after;',
  ]),
];
