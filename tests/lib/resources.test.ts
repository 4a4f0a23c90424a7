import assert from "node:assert/strict";
import fc from "fast-check";
import { resourceRequirements, resourcesDefaults } from "../../components/lib/resources";

const quantity = /^(\d+)(m|Mi)$/;
const numberOf = (text: string) => Number(quantity.exec(text)?.[1]);
const size = fc.integer({ min: 1, max: 250_000 });

describe("resourceRequirements", () => {
  it("reserves all the memory and disk that a container may use, so that a node never overcommits them", () => {
    fc.assert(
      fc.property(size, size, size, fc.nat(10_000), (cpuMillis, memoryMiB, ephemeralMiB, writableMiB) => {
        const { requests, limits } = resourceRequirements({ cpuMillis, memoryMiB, ephemeralMiB }, writableMiB);
        assert.equal(requests.memory, limits.memory);
        assert.equal(requests["ephemeral-storage"], limits["ephemeral-storage"]);
        assert.equal(numberOf(limits["ephemeral-storage"]), ephemeralMiB + writableMiB);
        assert.equal(numberOf(requests.cpu), cpuMillis);
        assert.equal(numberOf(limits.cpu), cpuMillis * resourcesDefaults.cpuBurst);
      }),
    );
  });

  it("writes quantities that Kubernetes reads, or refuses with the field's name", () => {
    fc.assert(
      fc.property(fc.record({ cpuMillis: fc.anything(), memoryMiB: fc.double() }), resources => {
        try {
          const { requests, limits } = resourceRequirements(resources as never);
          for (const text of [...Object.values(requests), ...Object.values(limits)]) assert.match(text, quantity);
        } catch (error) {
          assert.ok(error instanceof RangeError);
          assert.match(error.message, /^(cpuMillis|cpuLimitMillis|memoryMiB) must be a whole number in 1 to \d+, got /);
        }
      }),
    );
  });

  it("refuses what has no value as a text or number", () => {
    const hostile = { toString: [] };
    assert.throws(
      () => resourceRequirements({ cpuMillis: hostile as never, memoryMiB: 1 }),
      /^RangeError: cpuMillis must/,
    );
  });

  it("refuses a size whose digits JavaScript would write with an exponent", () => {
    assert.throws(() => resourceRequirements({ cpuMillis: 100, memoryMiB: 1e21 }), /memoryMiB must be .* got 1e\+21/);
  });

  it("refuses a CPU limit below the reservation", () => {
    assert.throws(
      () => resourceRequirements({ cpuMillis: 200, cpuLimitMillis: 100, memoryMiB: 64 }),
      /cpuLimitMillis must be at least cpuMillis \(200\), got 100/,
    );
    assert.equal(resourceRequirements({ cpuMillis: 200, cpuLimitMillis: 200, memoryMiB: 64 }).limits.cpu, "200m");
  });
});
