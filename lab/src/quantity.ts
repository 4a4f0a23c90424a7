const factors: Record<string, number> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Kubernetes' `64Mi` in bytes. @throws RangeError for what is no quantity of bytes */
export function bytesOf(quantity: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([kKMGT]?i?)$/.exec(quantity) ?? [];
  const factor = factors[unit];
  if (number === "" || factor === undefined) throw new RangeError(`not a quantity of bytes: ${quantity}`);
  return Number(number) * factor;
}

/** `250m` or `2` cores. */
export const coresOf = (quantity: string): number =>
  quantity.endsWith("n")
    ? Number(quantity.slice(0, -1)) / 1e9
    : quantity.endsWith("m")
      ? Number(quantity.slice(0, -1)) / 1e3
      : Number(quantity);
