/** What plain JavaScript, YAML or a slip may put in the place of any argument. */
export const hostileValues: readonly unknown[] = [
  ...[null, Number.NaN, -1, 1e21, 0.5, "", "é\n☃", "x".repeat(5000), true],
  ...[[], [null], ["x", 5], {}, { a: { b: null } }, () => 1],
];
