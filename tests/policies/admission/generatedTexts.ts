import fc from "fast-check";
import { credentialSamples } from "../credentialSamples.js";

const { constantFrom: one } = fc;

/** Names and values that are credentials, nearly are, and are none. */
export const credentialName = one(
  ...[
    "PASSWORD",
    "DB_PASS",
    "dbPassword",
    "apiKey",
    "API-KEY",
    "COMPASS",
    "TOKENIZER",
    "TOKEN_TTL",
    "passWord",
    "x2Token",
  ],
  ...[
    "AWS_SECRET_ACCESS_KEY",
    "PASSWORD_FILE",
    "Authkey",
    "authKey",
    "LOG_LEVEL",
    "myDSN",
    "aDsn",
    "token.v1",
    "secretName",
  ],
  // Names are read so far: to their 256th character.
  ...[
    `${"A".repeat(247)}_PASSWORD`,
    `${"A".repeat(248)}_PASSWORD`,
    `${"A".repeat(256)}_TOKEN`,
    "_token",
    "TTL_TOKEN_",
    "aP",
  ],
);
export const text = one(
  ...Object.values(credentialSamples),
  ...Object.values(credentialSamples).map(sample => sample.slice(1)),
  ...[
    "",
    "true",
    "8080",
    "30s",
    "/run/secrets/db",
    "./x",
    "$(OTHER)",
    "horse",
    "correct horse",
    "hunter2\n",
    "FALSE",
    "$(A)\n",
  ],
  ...["db:\n  password: horse\n", "password: the one you know\n", "# token = horse", "a = 1\r\npwd = 'x y'\r\n"],
  ...['{"user":"a","token":"horse"}', "PASSWORD=$(cat x)", "u=a password=horse db=x", "api_key: config.key"],
  ...["postgres://app:horse@db/shop", "postgres://app@db/shop", "AKIAABCDEFGHIJKLMNOP", "xAKIAABCDEFGHIJKLMNOP"],
  ...[`ghp_${"a".repeat(36)}`, "-----BEGIN RSA PRIVATE KEY-----", "sk_live_0123456789abcdef", "AIza-short"],
);
