import assert from "node:assert/strict";
import { judge } from "../../policies/findings.js";
import { unknownString as unknown } from "../../policies/value.js";

const password = "random:index/randomPassword:RandomPassword";
const key = "tls:index/privateKey:PrivateKey";
const other = "aws:rds/instance:Instance";

/** Verdicts on a database whose password is not known before deployment, and depends on these resources. */
function verdictsOn(...types: string[]) {
  const resource = {
    urn: "urn:pulumi:dev::shop::aws:rds/instance:Instance::db",
    type: "aws:rds/instance:Instance",
    name: "db",
    properties: { password: unknown },
    ...(types.length > 0 && {
      propertyDependencies: { password: types.map(type => `urn:pulumi:dev::shop::test:index:Box$${type}::x`) },
    }),
  };
  const found = judge([resource], { all: "disabled", "pulumi-secret-unmarked": "mandatory" });
  return found.map(({ verdict }) => verdict);
}

describe("a credential that is not known before deployment", () => {
  it("needs no mark where all that it is made of makes secrets: Pulumi marks what follows from them", () => {
    assert.deepEqual(verdictsOn(password), []);
    assert.deepEqual(verdictsOn(password, key), []);
  });

  it("is undetermined where anything else may have made it", () => {
    assert.deepEqual(verdictsOn(), ["undetermined"]);
    assert.deepEqual(verdictsOn(other), ["undetermined"]);
    assert.deepEqual(verdictsOn(password, other), ["undetermined"]);
    assert.deepEqual(verdictsOn(`${other}$${password}x`), ["undetermined"]);
  });
});
