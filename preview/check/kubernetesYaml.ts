import { defineScalarTag, mapTag, mergeTag, NOT_RESOLVED, Schema, seqTag, strTag } from "js-yaml";

/**
 * YAML as Kubernetes reads it: the API server and kubectl use sigs.k8s.io/yaml on go-yaml v2, which is neither YAML 1.1 nor 1.2. A plain
 * `yes` or `on` is true and a leading zero makes an octal number, but there are no dates and no base-60 numbers. Reading it otherwise
 * would judge `privileged: yes` as a string.
 */
const booleans = new Map<string, boolean>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(word => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(word => [word, false] as const),
]);

const boolTag = defineScalarTag<boolean>("tag:yaml.org,2002:bool", {
  implicit: true,
  implicitFirstChars: Array.from("yYnNtTfFoO"),
  resolve: source => booleans.get(source) ?? NOT_RESOLVED,
  identify: () => false,
});

const nulls = new Set(["", "~", "null", "Null", "NULL"]);

const nullTag = defineScalarTag<null>("tag:yaml.org,2002:null", {
  implicit: true,
  implicitFirstChars: ["", "~", "n", "N"],
  resolve: source => (nulls.has(source) ? null : NOT_RESOLVED),
  identify: () => false,
});

/** What Go's `strconv.ParseInt(text, 0, 64)` takes: `0x`, `0o`, `0b`, a leading zero for octal, else decimal. */
function goInteger(source: string): number | undefined {
  const parts = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(
    source.replaceAll("_", ""),
  );
  if (!parts) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal] = parts;
  const magnitude =
    hexadecimal !== undefined
      ? Number.parseInt(hexadecimal, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : Number(decimal);
  return sign === "-" ? -magnitude : magnitude;
}

const intTag = defineScalarTag<number>("tag:yaml.org,2002:int", {
  implicit: true,
  implicitFirstChars: Array.from("+-0123456789"),
  resolve: source => goInteger(source) ?? NOT_RESOLVED,
  identify: () => false,
});

const infinities = new Map([
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(word => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map(word => [word, Number.NEGATIVE_INFINITY] as const),
  ...[".nan", ".NaN", ".NAN"].map(word => [word, Number.NaN] as const),
]);

function goFloat(source: string): number | undefined {
  const special = infinities.get(source);
  if (special !== undefined) return special;
  const plain = source.replaceAll("_", "");
  return /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain) ? Number(plain) : undefined;
}

const floatTag = defineScalarTag<number>("tag:yaml.org,2002:float", {
  implicit: true,
  implicitFirstChars: Array.from("+-.0123456789"),
  resolve: source => goFloat(source) ?? NOT_RESOLVED,
  identify: () => false,
});

const binaryTag = defineScalarTag<string>("tag:yaml.org,2002:binary", {
  resolve: source => Buffer.from(source, "base64").toString("utf8"),
  identify: () => false,
});

export const kubernetesSchema = new Schema([
  strTag,
  seqTag,
  mapTag,
  mergeTag,
  nullTag,
  boolTag,
  intTag,
  floatTag,
  binaryTag,
]);
