import { run } from "./process.js";

/** The host's interface to the lab's node, as in lib/settings.sh. */
const hostInterface = "bulkhead-lab";

/**
 * Runs with this many more addresses of the machine, all of the lab's own link network: clients that share no limit with each other, nor with
 * other stages. They are gone afterwards.
 */
export async function withAddresses<T>(
  count: number,
  nodeAddress: string,
  use: (addresses: string[]) => Promise<T>,
): Promise<T> {
  const network = nodeAddress.split(".").slice(0, 3).join(".");
  // From .100 on: the lab itself has .1 and .2.
  const addresses = Array.from({ length: count }, (_, index) => `${network}.${100 + index}`);
  const change = async (verb: "add" | "del", address: string) =>
    run("ip", ["address", verb, `${address}/32`, "dev", hostInterface]);
  try {
    for (const address of addresses) {
      const { code, stderr } = await change("add", address);
      if (code !== 0 && !stderr.includes("File exists")) throw new Error(`no address to ask from: ${stderr.trim()}`);
    }
    return await use(addresses);
  } finally {
    for (const address of addresses) await change("del", address);
  }
}
