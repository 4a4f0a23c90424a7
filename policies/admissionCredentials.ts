import { literal } from "./admissionCel.js";
import { credentialPatterns } from "./credentials.js";

/**
 * Characters of all texts of one object that are searched for credentials. A character costs a fortieth of the length of a form's pattern
 * where what every credential of the form holds is there: for all forms 23, for a URL 2. One expression may cost 1,000,000.
 */
export const searchedLength = 25_000;

/** No text recognisable by its form is shorter. */
const shortestForm = 8;

/** What a credential's name holds, in any case; almost every name is done with by this, for a tenth of the cost of taking it apart. */
const hint = "(?i)pass|pwd|secret|token|key|credential|dsn|plaintext";

/** CEL for a name in words, `apiKey` → `api_key`, as credentials.ts takes names apart: a capital after a small letter or a digit begins one. */
function words(name: string): string {
  const start = `(${name}.size() > 256 ? ${name}.substring(0, 256) : ${name})`;
  return `[${start}.split("")].map(letters, letters.transformList(i, letter,
    !letter.matches("^[A-Za-z0-9]$") ? "_" :
    i > 0 && letter.matches("^[A-Z]$") && letters[i - 1].matches("^[a-z0-9]$") ? "_" + letter : letter).join("").lowerAscii())[0]`;
}

/** CEL for whether a text is a credential by its form; `count` is CEL for the number of texts of the object, which share what may be searched. */
export function formCondition(text: string, count: string): string {
  const share = `${searchedLength} / ${count}`;
  const searched = `(${text}.size() > ${share} ? ${text}.substring(0, ${share}) : ${text})`;
  const isOfForm = credentialPatterns.forms.map(({ fixed, pattern, but }) => {
    const holds = fixed.map(part => `text.contains(${literal(part)})`).join(" || ");
    const found = `text.findAll(${literal(pattern)}).exists(found, !found.matches(${literal(but ?? "")}))`;
    return `(${holds}) && ${but === undefined ? `text.matches(${literal(pattern)})` : found}`;
  });
  return `[${searched}].exists(text, text.size() >= ${shortestForm} && (${isOfForm.join(" || ")}))`;
}

/**
 * CEL for whether a text under a name is a credential, by its form or by its name.
 *
 * @param name CEL for the name
 * @param text CEL for the text
 * @param count CEL for the number of texts of the object, which share what may be searched
 * @param and CEL about `text` that holds where the name decides
 */
export function credentialCondition(name: string, text: string, count: string, and = "true"): string {
  const { name: ofName, aboutName, harmless } = credentialPatterns;
  const isNamedSo = `[${words(name)}].exists(name, name.matches(${literal(ofName)}) && !name.matches(${literal(aboutName)}))`;
  const isSecret = `[${text}].exists(text, ${and} && !text.matches(${literal(harmless)}))`;
  return `(${formCondition(text, count)} || ${name}.matches(${literal(hint)}) && ${isSecret} && ${isNamedSo})`;
}
