import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

interface Cost {
  N: number;
  r: number;
  p: number;
}

const derive = promisify<string, Buffer, number, Cost, Buffer>(scrypt);

/** The least that OWASP recommends at 16 MiB of memory for each attempt. */
const cost: Cost = { N: 2 ** 14, r: 8, p: 5 };
const hashBytes = 32;

/** `salt:hash`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, hashBytes, cost);
  return `${salt.toString("base64url")}:${hash.toString("base64url")}`;
}

/** Takes as long for `undefined`, a user who does not exist, as for one who does. */
export async function matches(password: string, stored: string | undefined): Promise<boolean> {
  const [salt = "", hash = ""] = (stored ?? ":").split(":");
  const found = await derive(password, Buffer.from(salt, "base64url"), hashBytes, cost);
  const expected = Buffer.from(hash, "base64url");
  return expected.length === hashBytes && timingSafeEqual(found, expected);
}
