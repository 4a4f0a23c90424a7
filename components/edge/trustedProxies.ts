import { cidr, distinct, list, oneOf, record } from "./check";
import { cloudflareRanges } from "./cloudflare";
import { type Lines, pattern, table } from "./syntax";

export interface TrustedProxiesArgs {
  /** Address ranges of the proxies in front, whose word on the client's address is believed; "cloudflare" for its published ranges. */
  ranges: readonly string[] | "cloudflare";
  /** Where they write it. @default CF-Connecting-IP for Cloudflare, else X-Forwarded-For */
  header?: "X-Forwarded-For" | "CF-Connecting-IP";
}

/** The ranges themselves: for nginx, and for the NetworkPolicy that lets nobody else in. */
export function trustedRanges(args: TrustedProxiesArgs | undefined): readonly string[] {
  if (args === undefined) return [];
  record("trustedProxies", args);
  if (args.ranges === "cloudflare") return cloudflareRanges;
  const ranges = list("trustedProxies.ranges", args.ranges).map((range, index) =>
    cidr(`trustedProxies.ranges[${index}]`, range),
  );
  distinct("trustedProxies.ranges", ranges);
  return ranges;
}

/**
 * At http level: the client's address, and `$edge_request_id`: the one a trusted proxy sent when it is well formed, else a new one. A
 * client's own could forge log lines, or make two requests look like one.
 */
export function trustedProxies(args: TrustedProxiesArgs | undefined): Lines {
  const ranges = trustedRanges(args);
  const header = args?.header ?? (args?.ranges === "cloudflare" ? "CF-Connecting-IP" : "X-Forwarded-For");
  oneOf("trustedProxies.header", header, ["X-Forwarded-For", "CF-Connecting-IP"]);
  return [
    // The address of the peer itself: `$remote_addr` is already the client's.
    ...table("geo $realip_remote_addr $edge_trusted", ["default", "0"], ...ranges.map(range => [range, "1"] as const)),
    ...table(
      'map "$edge_trusted:$http_x_request_id" $edge_request_id',
      ["default", "$request_id"],
      [pattern("~", "^1:(?<edge_given_id>[A-Za-z0-9._-]{16,128})$"), "$edge_given_id"],
    ),
    ...ranges.map(range => `set_real_ip_from ${range};`),
    // From the right, the first address that is no trusted proxy's: what stands left of it the client may have invented.
    ...(ranges.length > 0 ? [`real_ip_header ${header};`, "real_ip_recursive on;"] : []),
  ];
}
