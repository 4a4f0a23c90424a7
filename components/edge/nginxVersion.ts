import { refuse } from "./check";

/** The oldest version whose syntax is written here: Debian 12's. */
export const oldestNginx = "1.22.0";

const numbers = (version: string) => version.split(".").map(Number);

/** Whether `version` is `least` or later. */
export function atLeast(version: string, least: string): boolean {
  const wanted = numbers(least);
  const difference = numbers(version)
    .map((part, index) => part - (wanted[index] ?? 0))
    .find(part => part !== 0);
  return (difference ?? 0) >= 0;
}

/** What the syntax depends on. */
export interface NginxFeatures {
  /** `http2 on` is a directive of its own; before it was a parameter of `listen`. Since 1.25.1. */
  http2Directive: boolean;
  /** Servers of an `upstream` are resolved at run time, so that connections to a name can be kept. Since 1.27.3. */
  upstreamResolve: boolean;
  /** A reload keeps certificates whose file has the same inode and second of change, also when it was written twice. Since 1.27.4. */
  certificateCache: boolean;
}

/**
 * @param version such as `1.22.1`
 * @throws RangeError when it is no version, or older than Debian 12's
 */
export function featuresOf(version: string): NginxFeatures {
  if (!/^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(version) || !atLeast(version, oldestNginx)) {
    refuse("nginxVersion", `a version such as 1.30.5, at least ${oldestNginx}`, version);
  }
  return {
    http2Directive: atLeast(version, "1.25.1"),
    upstreamResolve: atLeast(version, "1.27.3"),
    certificateCache: atLeast(version, "1.27.4"),
  };
}
