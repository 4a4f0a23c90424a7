import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { holds } from "../../policies/cidr.js";

/** What Node's own block list says; false for what it cannot read. */
function byNode(cidr: string, address: string): boolean {
  const [network = "", bits = ""] = cidr.split("/", 2);
  const family = isIP(network);
  if (family === 0 || family !== isIP(address) || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Addresses of few different parts, so that many share their first bits. */
const number = fc.constantFrom("0", "1", "10", "128", "169", "254", "255", "256", "01", "");
const v4 = fc.array(number, { minLength: 3, maxLength: 5 }).map(parts => parts.join("."));
const group = fc.constantFrom("0", "1", "fd00", "ec2", "FFFF", "0254", "00000", "g", "");
const v6 = fc
  .tuple(
    fc.array(group, { maxLength: 8 }),
    fc.constantFrom("::", ":", ""),
    fc.array(group, { maxLength: 4 }),
    fc.option(v4),
  )
  .map(([head, middle, tail, last]) => head.join(":") + middle + [...tail, ...(last === null ? [] : [last])].join(":"));
const address = fc.oneof(v4, v6, fc.ipV4(), fc.ipV6());
const bits = fc.oneof(fc.integer({ min: -1, max: 130 }).map(String), fc.constantFrom("", "08", "1e1", "0x8", "24/8"));

describe("ranges of addresses", () => {
  it("hold what Node's own block list says that they hold, whatever is written there", () => {
    let held = 0;
    const texts = fc.tuple(address, bits, fc.option(address));
    for (const [network, length, other] of fc.sample(texts, 20_000)) {
      const [cidr, asked] = [`${network}/${length}`, other ?? network];
      const right = byNode(cidr, asked);
      assert.equal(holds(cidr, asked), right, `${cidr} ${asked}`);
      if (right) held++;
    }
    assert.ok(held > 500, `${held} hold the address`);
  });

  it("are read in time that grows with their length only", () => {
    for (const part of ["1.", "f:", "::", "0", "/"])
      assert.equal(holds(`${part.repeat(500_000)}/8`, "10.0.0.1"), false);
  });
});
