import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";

/** Rounds of PBKDF2-HMAC-SHA256 in Pulumi's passphrase secrets provider. */
const iterations = 1_000_000;
const keyBytes = 32;
/** Length of the authentication tag that AES-256-GCM appends. */
const tagBytes = 16;

/** Turns a stack's encrypted value into plain text, or throws. */
export type Decrypt = (value: string) => string;

/** The passphrase that the environment gives, by value or by file. */
export function passphraseFrom(env: Record<string, string | undefined>): string | undefined {
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined) return env["PULUMI_CONFIG_PASSPHRASE"];
  return file === undefined || file === "" ? undefined : readFileSync(file, "utf8").replace(/\r?\n$/, "");
}

/**
 * @param encryptionSalt the stack file's `encryptionsalt`: `v1:<salt>:v1:<nonce>:<the word "pulumi", encrypted>`
 * @throws where the salt is malformed or the passphrase is not the stack's
 */
export function passphraseDecrypter(encryptionSalt: string, passphrase: string): Decrypt {
  const [version, salt, ...check] = encryptionSalt.split(":");
  if (version !== "v1" || salt === undefined || check.length !== 3) throw new Error("encryptionsalt is malformed");
  const key = pbkdf2Sync(passphrase, Buffer.from(salt, "base64"), iterations, keyBytes, "sha256");
  const decrypt = (value: string) => decryptWith(key, value);
  if (decrypt(check.join(":")) !== "pulumi") throw new Error("the passphrase does not fit");
  return decrypt;
}

/** `v1:<nonce>:<ciphertext and tag>`, both base64. */
function decryptWith(key: Buffer, value: string): string {
  const [version, nonce, sealed] = value.split(":");
  if (version !== "v1" || nonce === undefined || sealed === undefined) throw new Error("encrypted value is malformed");
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - tagBytes)), decipher.final()]).toString();
}
