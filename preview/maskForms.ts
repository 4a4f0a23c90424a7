/** Shorter values (`on`, `80`) occur everywhere by chance: masking them would hide a report, not a secret. */
const shortestForm = 4;
/** From this length on, a line of a multi-line secret or a piece of base64 is unlikely to occur by chance. */
const shortestPiece = 8;
/** Values that are no secret even where somebody marked them as one; every report is full of them. */
const commonWords = new Set(["true", "false", "null", "none", "default", "admin", "root", "local", "high"]);

/**
 * The forms in which a secret can stand in a text: as it is, and as JSON, URLs, XML, HTML, YAML, base64 and hex carry it; each line of a
 * longer one (a PEM block) by itself. None for what is too short or too common to be hidden inside a text.
 */
export function formsOf(secret: string): string[] {
  if (secret.length < shortestForm || commonWords.has(secret)) return [];
  const bare = secret.trim();
  const lines = bare.split(/\r?\n/).map(line => line.trim());
  const plain = [...new Set([secret, bare])];
  const pieces = lines.length > 1 ? lines.filter(isTelling) : [];
  return [...[...plain, ...pieces].flatMap(encodingsOf), ...plain.flatMap(encodedBytes)].filter(
    form => form.length >= shortestForm && !commonWords.has(form),
  );
}

/** `-----BEGIN PRIVATE KEY-----` is the same in every key. */
function isTelling(line: string): boolean {
  return line.length >= shortestPiece && !/^-{3,}[A-Z ]*-{3,}$/.test(line);
}

function encodingsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const html = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const quoted = html.replace(/"/g, "&quot;");
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    ...urlForms(text),
    html,
    quoted,
    quoted.replace(/'/g, "&apos;"),
    quoted.replace(/'/g, "&#39;"),
    text.replace(/'/g, "''"),
  ];
}

/** Percent-encoding as `encodeURIComponent` does it, and with `!'()*` too; spaces as `+`; in small letters. */
function urlForms(text: string): string[] {
  // Half a surrogate pair has no percent-encoding.
  const pairs = text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
  const usual = encodeURIComponent(pairs);
  const strict = usual.replace(/[!'()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return [usual, strict].flatMap(form => [
    form,
    form.replace(/%20/g, "+"),
    form.replace(/%[0-9A-F]{2}/g, escape => escape.toLowerCase()),
  ]);
}

/**
 * Base64 and hex of the value. Inside a longer encoded text (`user:password` in a basic-auth header) the value starts at any of three
 * offsets in a base64 quantum: what it looks like there, without the characters that its neighbours change.
 */
function encodedBytes(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const base64 = bytes.toString("base64");
  const hex = bytes.toString("hex");
  const forms = [base64, base64.replace(/=+$/, "")];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const lastWhole = Math.floor(((offset + bytes.length) * 8) / 6);
    const inner = encoded.slice(Math.ceil((offset * 8) / 6), lastWhole);
    if (inner.length >= shortestPiece) forms.push(inner);
  }
  return [...forms.flatMap(form => [form, form.replace(/\+/g, "-").replace(/\//g, "_")]), hex, hex.toUpperCase()];
}
