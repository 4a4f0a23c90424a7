import { credentialForms } from "../../../policies/credentials.js";
import { credentialSamples } from "../credentialSamples.js";
import { type Case, each } from "./case.js";

const env = "/web/properties/spec/template/spec/containers/0/env";
const variable = (name: string, value: string) => ({ [env]: [{ name, value }] });
const words = (list: string, given: unknown) => ({
  [`/web/properties/spec/template/spec/containers/0/${list}`]: given,
});
const file = (name: string, text: string) => ({ "/settings/properties/data": { [name]: text } });
const letters = "aB3".repeat(30);

/** Other beginnings of forms that have several. */
const others = [
  `ASIA${"AB12".repeat(4)}`,
  ...["gho_", "ghu_", "ghs_", "ghr_"].map(start => `${start}${letters.slice(0, 36)}`),
  `github_pat_${letters.slice(0, 22)}`,
  `rk_live_${letters.slice(0, 16)}`,
  `sk-proj-${letters.slice(0, 20)}`,
  "AUTHORIZATION: BEARER abcdefghijklmnop",
  ...["PASSWORD=x1", "passphrase=x1", "PASSPHRASE=x1", "pwd = horse", "PWD=horse", "Pwd=horse", "token: abcdefgh"],
  ...[
    "TOKEN: abcdefgh",
    "app-secret=x1",
    "APP_SECRET=x1",
    "api_key: x1y2",
    "privateKey: x1y2",
    "API_KEY: x1y2",
    "apikey: x1y2",
    "APIKEY: x1y2",
  ],
];
/** What every credential of a form holds, and is none alone. */
const beginnings = credentialForms.flatMap(({ fixed }) => fixed).map(start => `${start} and so on`);
/** More than is searched at admission. */
const long = "x ".repeat(13_000);

const names: [name: string, isCredential: boolean][] = [
  [`${"a".repeat(240)}_PASSWORD`, true],
  [`${"a".repeat(256)}_PASSWORD`, false],
  [`PASSWORD_${"a".repeat(300)}`, true],
  ["1Password", true],
  ["aPassword", true],
  ["APassword", false],
  ["XToken", false],
  ["my.token", true],
  ["mytoken", false],
];

export const credentialCases: readonly Case[] = [
  ...each([...Object.values(credentialSamples), ...others], text => ["k8s-secret-configmap", file("f", text), true]),
  ...each([...Object.values(credentialSamples), ...others], text => [
    "k8s-secret-env-literal",
    variable("F", text),
    true,
  ]),
  ...["command", "args"].flatMap((list): Case[] => [
    ["k8s-secret-env-literal", words(list, ["serve", "--db-password=horse"]), true],
    ["k8s-secret-env-literal", words(list, ["serve", "postgres://app:horse@db/shop"]), true],
    ["k8s-secret-env-literal", words(list, ["sh", "-c", "set -e\nPGPASSWORD=horse psql\n"]), true],
    ["k8s-secret-env-literal", words(list, ["--db-password=$(DB_PASSWORD)", "--token-ttl=3600", "horse"]), false],
    ["k8s-secret-env-literal", words(list, ["sh", "-c", 'PGPASSWORD="$(cat /run/secrets/db)" psql']), false],
    ["k8s-secret-env-literal", words(list, ["--api-key-file=/run/key", "--password=", "--password"]), false],
    ["k8s-secret-env-literal", words(list, null), false],
  ]),
  ...each(beginnings, text => ["k8s-secret-configmap", file("f", text), false]),
  ...each(beginnings, text => ["k8s-secret-env-literal", variable("F", text), false]),
  ["k8s-secret-configmap", file("f", `AKIA${"AB12".repeat(4)} ${long}`), true],
  ["k8s-secret-env-literal", variable("F", `AKIA${"AB12".repeat(4)} ${long}`), true],
  ...names.map(([name, isCredential]): Case => ["k8s-secret-env-literal", variable(name, "horse"), isCredential]),
  ...each(["yes", "no", "on", "off", "null", "None"], text => [
    "k8s-secret-env-literal",
    variable("PASSWORD_AUTHENTICATION", text),
    false,
  ]),
  ...each(
    [
      "ADMIN_PASSWORD_HASH",
      "TOKEN_SHA256",
      "SECRETS_PROVIDER",
      "SECRETS_MANAGER_REGION",
      "SECRET_NAMESPACE",
      "TOKEN_AUDIENCE",
      "TOKEN_SCOPE",
      "PASSWORD_REGEX",
      "EXISTING_SECRET",
      "existingSecretPasswordKey",
      "imagePullSecret",
      "backupCredentialSecret",
      "adminPasswordKey",
      "passwordSecretKey",
      "emailAddressSecretKey",
    ],
    name => ["k8s-secret-env-literal", variable(name, "horse"), false],
  ),
  ...each(
    ["HASH_PASSWORD", "PROVIDER_SECRET", "MY_SECRET", "PULLED_SECRET", "PASSWORD_KEY", "TOKEN_SECRET_KEY"],
    name => ["k8s-secret-env-literal", variable(name, "horse"), true],
  ),
  ["k8s-secret-env-literal", variable("SENTRY_DSN", `https://${"0a".repeat(16)}@o1.ingest.example.com/12`), false],
  ["k8s-secret-env-literal", variable("SENTRY_DSN", `https://${"0a".repeat(16)}:x@o1.ingest.example.com/12`), true],
  ["k8s-secret-env-literal", variable("DB_DSN", "app:horse@tcp(db:3306)/shop"), true],
  ...each(["<password>", "{{password}}", "[secret]", "****"], password => [
    "k8s-secret-configmap",
    file("f", `mongodb://app:${password}@db/shop`),
    false,
  ]),
  ["k8s-secret-configmap", file("f", "mongodb://app:%3Chorse@db/shop"), true],
  ["k8s-secret-configmap", file("f", "db:\n  user: web\n  password: horse\n"), true],
  ["k8s-secret-configmap", file("f", "db:\n  user: web\n  password: ${DB_PASSWORD}\n"), false],
  ["k8s-secret-configmap", file("f", "# password = horse\nuser = web\n"), false],
  ["k8s-secret-configmap", file("password", "of two words"), false],
];
