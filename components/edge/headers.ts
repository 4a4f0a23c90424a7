import { withDefaults } from "../lib/compact";
import { flag, list, oneOf, origin, policyDirective, policySource, record, whole } from "./check";
import { type Lines, quote } from "./syntax";

/** Directives or features, each with what it allows. An empty list is written as it stands: `upgrade-insecure-requests`, `camera=()`. */
export type PolicyMap = Readonly<Record<string, readonly string[]>>;

export interface HstsArgs {
  /** Two years is what Mozilla's modern profile asks for. @default 63072000 */
  maxAgeSeconds?: number;
  /** @default true */
  includeSubDomains?: boolean;
  /** Ask browsers to ship the domain in their own lists. Hard to take back. @default false */
  preload?: boolean;
}

export interface SecurityHeadersArgs {
  /** Replaces the defaults directive by directive. @default the site itself, and nothing else */
  contentSecurityPolicy?: PolicyMap;
  /** Features that pages may use, such as `{ geolocation: ["self"] }`. @default none */
  permissionsPolicy?: PolicyMap;
  /** @default { maxAgeSeconds: 63072000, includeSubDomains: true, preload: false } */
  hsts?: HstsArgs;
  /** @default "no-referrer" */
  referrerPolicy?: (typeof referrerPolicies)[number];
  /** @default "DENY" */
  frameOptions?: "DENY" | "SAMEORIGIN";
  /** @default "require-corp" */
  crossOriginEmbedderPolicy?: "require-corp" | "credentialless" | "unsafe-none";
  /** @default "same-origin" */
  crossOriginOpenerPolicy?: "same-origin" | "same-origin-allow-popups" | "unsafe-none";
  /** @default "same-origin" */
  crossOriginResourcePolicy?: "same-origin" | "same-site" | "cross-origin";
}

const referrerPolicies = [
  "no-referrer",
  "same-origin",
  "strict-origin",
  "strict-origin-when-cross-origin",
  "origin-when-cross-origin",
] as const;

/** A policy under which a page may load from its own origin only, cannot be framed, and holds no plug-in. */
export const defaultContentSecurityPolicy: PolicyMap = {
  "default-src": ["'self'"],
  "base-uri": ["'self'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
  "object-src": ["'none'"],
  "upgrade-insecure-requests": [],
};

/** Every powerful feature that the OWASP Secure Headers Project lists (July 2024), switched off. */
export const poweredDown = [
  ...["accelerometer", "autoplay", "camera", "cross-origin-isolated", "display-capture", "encrypted-media"],
  ...["fullscreen", "geolocation", "gyroscope", "keyboard-map", "magnetometer", "microphone", "midi", "payment"],
  ...["picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "usb", "web-share", "xr-spatial-tracking"],
  ...["clipboard-read", "clipboard-write", "gamepad", "hid", "idle-detection", "interest-cohort", "serial", "unload"],
];

export const hstsDefaults = { maxAgeSeconds: 63072000, includeSubDomains: true, preload: false };

/** The only copy of these values; a test holds the tags above to them. The set is the OWASP Secure Headers Project's. */
export const securityHeadersDefaults = {
  hsts: hstsDefaults,
  referrerPolicy: "no-referrer",
  frameOptions: "DENY",
  crossOriginEmbedderPolicy: "require-corp",
  crossOriginOpenerPolicy: "same-origin",
  crossOriginResourcePolicy: "same-origin",
} as const;

/** What browsers' preload lists ask for, besides includeSubDomains. One year. */
const preloadLeastSeconds = 31536000;

function hstsValue(argument: string, args: HstsArgs = {}): string {
  const { maxAgeSeconds, includeSubDomains, preload } = withDefaults(hstsDefaults, record(argument, args));
  flag(`${argument}.includeSubDomains`, includeSubDomains);
  flag(`${argument}.preload`, preload);
  whole(`${argument}.maxAgeSeconds`, maxAgeSeconds, 0, 315360000);
  if (preload && (!includeSubDomains || maxAgeSeconds < preloadLeastSeconds)) {
    throw new RangeError(
      `${argument}.preload needs includeSubDomains and maxAgeSeconds of at least ${preloadLeastSeconds}, got ${maxAgeSeconds}`,
    );
  }
  return [`max-age=${maxAgeSeconds}`, includeSubDomains && "includeSubDomains", preload && "preload"]
    .filter(Boolean)
    .join("; ");
}

function contentSecurityPolicy(argument: string, policy: PolicyMap = {}): string {
  record(argument, policy);
  for (const [directive, sources] of Object.entries(policy)) {
    policyDirective(`${argument} directive`, directive);
    list(`${argument}["${directive}"]`, sources).forEach((source, index) =>
      policySource(`${argument}["${directive}"][${index}]`, source),
    );
  }
  return Object.entries({ ...defaultContentSecurityPolicy, ...policy })
    .map(([directive, sources]) => [directive, ...sources].join(" "))
    .join("; ");
}

function permissionsPolicy(argument: string, policy: PolicyMap = {}): string {
  record(argument, policy);
  for (const [feature, sources] of Object.entries(policy)) {
    policyDirective(`${argument} feature`, feature);
    list(`${argument}["${feature}"]`, sources).forEach((source, index) => {
      if (source !== "self" && source !== "*") origin(`${argument}["${feature}"][${index}]`, source);
    });
  }
  const off = Object.fromEntries(poweredDown.map(feature => [feature, []]));
  const entry = (source: string) => (source === "self" || source === "*" ? source : `"${source}"`);
  return Object.entries<readonly string[]>({ ...off, "sync-xhr": ["self"], ...policy })
    .map(([feature, sources]) => `${feature}=(${sources.map(entry).join(" ")})`)
    .join(", ");
}

/**
 * The security headers of every answer, in the order they are sent.
 *
 * @param argument where the arguments stand, for messages: `sites[0].headers`
 * @throws RangeError naming the argument
 */
export function securityHeaders(argument: string, args: SecurityHeadersArgs = {}): Record<string, string> {
  const chosen = withDefaults(securityHeadersDefaults, record(argument, args));
  return {
    "Strict-Transport-Security": hstsValue(`${argument}.hsts`, chosen.hsts),
    "Content-Security-Policy": contentSecurityPolicy(`${argument}.contentSecurityPolicy`, chosen.contentSecurityPolicy),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": oneOf(`${argument}.frameOptions`, chosen.frameOptions, ["DENY", "SAMEORIGIN"]),
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": oneOf(`${argument}.referrerPolicy`, chosen.referrerPolicy, referrerPolicies),
    "Permissions-Policy": permissionsPolicy(`${argument}.permissionsPolicy`, chosen.permissionsPolicy),
    "Cross-Origin-Embedder-Policy": oneOf(`${argument}.crossOriginEmbedderPolicy`, chosen.crossOriginEmbedderPolicy, [
      "require-corp",
      "credentialless",
      "unsafe-none",
    ]),
    "Cross-Origin-Opener-Policy": oneOf(`${argument}.crossOriginOpenerPolicy`, chosen.crossOriginOpenerPolicy, [
      "same-origin",
      "same-origin-allow-popups",
      "unsafe-none",
    ]),
    "Cross-Origin-Resource-Policy": oneOf(`${argument}.crossOriginResourcePolicy`, chosen.crossOriginResourcePolicy, [
      "same-origin",
      "same-site",
      "cross-origin",
    ]),
  };
}

/** `add_header` for each. Belongs at server level only: one `add_header` in a location drops all inherited ones. */
export const addHeaders = (headers: Readonly<Record<string, string>>): Lines =>
  Object.entries(headers).map(([name, value]) => `add_header ${name} ${quote(value)} always;`);

/** The same without HSTS, which browsers ignore over plain HTTP and RFC 6797 (7.2) forbids there. */
export function withoutHsts(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "Strict-Transport-Security"));
}
