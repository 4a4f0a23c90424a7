import { checkImages } from "../images/image";
import { checkBoolean, checkOneOf, checkSecret, checkWhole, isRecord, shown } from "../lib/check";
import type { Component } from "../lib/component";
import { checkPlacement } from "../network/secureNamespace";

/** The arguments that every data store has, after their defaults, as plain JavaScript may have filled them. */
type StoreSettings = Record<
  "namespace" | "images" | "password" | "backend" | "cpuMillis" | "storageGiB" | "tlsMinVersion" | "deletionProtection",
  unknown
>;

/**
 * Refuses what no data store can work with. The servers' own settings are checked where they are written down.
 *
 * @param images the images that it runs, by their names in the catalogue
 */
export function checkStoreArgs(owner: Component, args: StoreSettings, images: readonly string[]): void {
  checkPlacement(owner, args.namespace);
  owner.checked(() => {
    checkImages("images", args.images, images);
    checkSecret("password", args.password);
    checkBackend(args.backend);
    checkWhole("cpuMillis", args.cpuMillis, 1, 64_000);
    checkWhole("storageGiB", args.storageGiB, 1, 65_536);
    checkOneOf("tlsMinVersion", args.tlsMinVersion, ["1.2", "1.3"]);
    checkBoolean("deletionProtection", args.deletionProtection);
  });
}

function checkBackend(backend: unknown): void {
  const { kind } = (isRecord(backend) ? backend : {}) as { kind?: unknown };
  if (kind !== "standalone") {
    throw new RangeError(`backend must be { kind: "standalone" }, got ${shown(kind ?? backend)}`);
  }
}
