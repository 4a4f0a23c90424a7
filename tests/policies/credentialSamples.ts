const letters = (length: number) => "aB3".repeat(length).slice(0, length);

/** One credential of each form, by what it is called. None is real. */
export const credentialSamples: Readonly<Record<string, string>> = {
  "a private key": "-----BEGIN EC PRIVATE KEY-----",
  "an AWS access key": "AKIAABCDEFGHIJKLMNOP",
  "a GitHub token": `ghp_${letters(36)}`,
  "a GitLab token": `glpat-${letters(20)}`,
  "a Slack token": `xoxb-${letters(10)}`,
  "a Slack webhook": "hooks.slack.com/services/T0/B0/x",
  "a Google API key": `AIza${letters(35)}`,
  "a Stripe key": `sk_live_${letters(16)}`,
  "an npm token": `npm_${letters(36)}`,
  "a PyPI token": `pypi-AgE${letters(20)}`,
  "a Docker Hub token": `dckr_pat_${letters(20)}`,
  "a Vault token": `hvs.${letters(24)}`,
  "a key of a language model": `sk-ant-${letters(20)}`,
  "a SendGrid key": `SG.${letters(22)}.x`,
  "a DigitalOcean token": `dop_v1_${"0a".repeat(32)}`,
  "an Azure storage key": `AccountKey=${letters(86)}==`,
  "a JSON web token": `eyJ${letters(10)}.eyJ${letters(10)}.sig`,
  "a password in a URL": "ab://:x@",
  "a registry's credentials": `"auths":{"r":{"auth":"${letters(8)}`,
  "an authorization header": `authorization: basic ${letters(16)}`,
  "a password in a setting": "passwd=x",
};
