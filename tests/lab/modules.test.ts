import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Modules and versions that a go.mod requires, without what it replaces. */
const required = (file: string): Map<string, string> =>
  new Map(
    [...readFileSync(file, "utf8").matchAll(/^\t([\w./~-]+) (v\d\S*)(?: \/\/ indirect)?$/gm)].map(
      ([, name = "", version = ""]): [string, string] => [name, version],
    ),
  );

const isOlder = (version: string, other: string): boolean => version.localeCompare(other, "en", { numeric: true }) < 0;

describe("the lab's Go modules", () => {
  for (const file of ["lab/go.mod", "lab/tools/go.mod"]) {
    it(`share what they share with the tests' programs in their versions, so that it compiles once: ${file}`, () => {
      const own = required(file);
      const shared = [...required("tools/go.mod")].flatMap(([name, version]) => {
        const here = own.get(name);
        return here === undefined ? [] : [{ name, version, here }];
      });
      assert.ok(shared.length > 100, `${shared.length} modules shared`);
      // A newer one is what something here needs.
      const older = shared.filter(({ version, here }) => isOlder(here, version));
      assert.deepEqual(
        older.map(({ name, version, here }) => `${name} ${here}, tools/go.mod has ${version}`),
        [],
      );
    });
  }
});
