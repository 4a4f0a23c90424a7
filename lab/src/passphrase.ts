import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

/** Rounds of PBKDF2-HMAC-SHA256 in Pulumi's passphrase secrets provider. */
const iterations = 1_000_000;

/** `v1:<nonce>:<ciphertext and tag>`, both base64, by AES-256-GCM. */
function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

/** A stack file's `encryptionsalt`, and what encrypts its secrets, as Pulumi's passphrase provider reads them. */
export function passphraseEncrypter(passphrase: string): { salt: string; encrypt: (text: string) => string } {
  const salt = randomBytes(8);
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, "sha256");
  return { salt: `v1:${salt.toString("base64")}:${seal(key, "pulumi")}`, encrypt: text => seal(key, text) };
}
