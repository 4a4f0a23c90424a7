/** A secret with every character that some encoding changes; a single line, so that each form of it is one as well. */
export const awkward = `S3cr3t/pa+ss w0rd="<&>\\'(ä)!`;

const html = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** How a secret may turn up in a text, by name: whoever reads one of these has the secret. */
export const secretForms: Record<string, (secret: string) => string> = {
  plain: secret => secret,
  "a JSON string": secret => JSON.stringify(secret).slice(1, -1),
  "JSON in JSON": secret => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  "a URL's component": encodeURIComponent,
  "a URL in small letters": secret => encodeURIComponent(secret).replace(/%../g, escape => escape.toLowerCase()),
  "a form's field": secret => new URLSearchParams({ secret }).toString().slice("secret=".length),
  "HTML text": html,
  "an HTML attribute": secret => html(secret).replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  "an XML attribute": secret => html(secret).replaceAll('"', "&quot;").replaceAll("'", "&apos;"),
  "YAML in single quotes": secret => secret.replaceAll("'", "''"),
  base64,
  "base64 without padding": secret => base64(secret).replace(/=+$/, ""),
  "base64 for URLs": secret => Buffer.from(secret).toString("base64url"),
  hex: secret => Buffer.from(secret).toString("hex"),
  "hex in capitals": secret => Buffer.from(secret).toString("hex").toUpperCase(),
};
