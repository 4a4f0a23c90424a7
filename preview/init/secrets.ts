import { randomBytes } from "node:crypto";

/** 256 bits in characters that every shell, URL and configuration file takes as they are. */
export function generateSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A shell command that makes a value of the same kind and gives it to Pulumi, without it ever being an argument or on the screen. */
export function setCommand(stack: string, key: string): string {
  return `node -p "crypto.randomBytes(32).toString('base64url')" | pulumi config set --secret --stack ${stack} ${key}`;
}
