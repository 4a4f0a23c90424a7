/** Factors of Kubernetes' suffixes: decimal, binary, and thousandths and less. */
const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity (`250m`, `64Mi`, `1e3`, 2) as a number; undefined for what is none. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.length > 64) return undefined;
  // An exponent or a suffix, not both.
  const match = /^([+-]?\d{0,32}(?:\.\d{0,32})?)(?:([eE][+-]?\d{1,3})|([a-zA-Z]{0,2}))$/.exec(value);
  const [, digits = "", exponent = "", suffix = ""] = match ?? [];
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  const amount = Number(`${digits}${exponent}`);
  return digits === "" || Number.isNaN(amount) || factor === undefined ? undefined : amount * factor;
}
