import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidSetting } from "../../components/data/invalidSetting.js";
import { tuneMariaDb, worstCaseMiB as worstMariaDb } from "../../components/data/mariadb/memory.js";
import { minMemoryMiB as minMariaDb } from "../../components/data/mariadb/server.js";
import { tunePostgres, worstCaseMiB as worstPostgres } from "../../components/data/postgres/memory.js";
import { minMemoryMiB as minPostgres } from "../../components/data/postgres/server.js";
import { tuneRedis, worstCaseMiB as worstRedis } from "../../components/data/redis/memory.js";

const mostMiB = 262_144;
const memory = (min: number) => fc.integer({ min, max: mostMiB });
const cpu = fc.integer({ min: 100, max: 64_000 });

/** Every number of `more` is at least that of `less`. */
function assertGrown(less: object, more: object): void {
  for (const [name, value] of Object.entries(less) as [string, number][]) {
    const grown = (more as Record<string, number>)[name] ?? Number.NaN;
    assert.ok(grown >= value, `${name} shrank from ${value} to ${grown}`);
  }
}

/** Two amounts of memory, the smaller one first, often a single MiB apart: that is where rounding shows. */
const growing = (min: number) =>
  fc
    .tuple(memory(min), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: mostMiB })))
    .map(([less, more]) => [less, less + more] as const);

describe("PostgreSQL's memory", () => {
  it("fits into the limit when every session, worker and VACUUM takes all it may", () => {
    fc.assert(
      fc.property(memory(minPostgres), cpu, (memoryMiB, cpuMillis) => {
        assert.ok(worstPostgres(tunePostgres({ memoryMiB, cpuMillis })) <= memoryMiB);
      }),
    );
  });

  it("fits with any number of sessions that is not refused, and says how many would fit", () => {
    fc.assert(
      fc.property(memory(minPostgres), fc.integer({ min: 1, max: 5000 }), (memoryMiB, maxConnections) => {
        const cpuMillis = 1000;
        try {
          assert.ok(worstPostgres(tunePostgres({ memoryMiB, cpuMillis, maxConnections })) <= memoryMiB);
        } catch (error) {
          assert.ok(error instanceof InvalidSetting, String(error));
          const most = Number(/must be at most (\d+)/.exec(error.message)?.[1]);
          assert.ok(most < maxConnections);
          tunePostgres({ memoryMiB, cpuMillis, maxConnections: most });
          assert.throws(() => tunePostgres({ memoryMiB, cpuMillis, maxConnections: most + 1 }), InvalidSetting);
        }
      }),
    );
  });

  it("never gives any part less when there is more", () => {
    fc.assert(
      fc.property(growing(minPostgres), ([less, more]) => {
        assertGrown(
          tunePostgres({ memoryMiB: less, cpuMillis: 1000 }),
          tunePostgres({ memoryMiB: more, cpuMillis: 1000 }),
        );
      }),
    );
  });

  it("gives a quarter to shared buffers, and uses most of the rest", () => {
    for (const memoryMiB of [512, 4096, 65_536]) {
      const tuned = tunePostgres({ memoryMiB, cpuMillis: 1000 });
      assert.equal(tuned.sharedBuffersMiB, memoryMiB / 4);
      assert.ok(worstPostgres(tuned) > memoryMiB * 0.9);
    }
  });
});

describe("MariaDB's memory", () => {
  it("fits into the limit when every session takes all it may", () => {
    fc.assert(
      fc.property(memory(minMariaDb), memoryMiB => {
        assert.ok(worstMariaDb(tuneMariaDb({ memoryMiB })) <= memoryMiB);
      }),
    );
  });

  it("refuses more sessions than fit, and says how many would", () => {
    fc.assert(
      fc.property(memory(minMariaDb), fc.integer({ min: 1, max: 500_000 }), (memoryMiB, maxConnections) => {
        try {
          assert.ok(worstMariaDb(tuneMariaDb({ memoryMiB, maxConnections })) <= memoryMiB);
        } catch (error) {
          assert.ok(error instanceof InvalidSetting, String(error));
          const most = Number(/must be at most (\d+)/.exec(error.message)?.[1]);
          assert.ok(most < maxConnections);
          tuneMariaDb({ memoryMiB, maxConnections: most });
        }
      }),
    );
  });

  it("never gives any part less when there is more", () => {
    fc.assert(
      fc.property(growing(minMariaDb), ([less, more]) => {
        assertGrown(tuneMariaDb({ memoryMiB: less }), tuneMariaDb({ memoryMiB: more }));
      }),
    );
  });
});

describe("Valkey's memory", () => {
  for (const mode of ["cache", "durable"] as const) {
    it(`${mode}: fits into the limit with fragmentation, clients${mode === "durable" ? " and a rewrite" : ""}`, () => {
      fc.assert(
        fc.property(memory(32), memoryMiB => {
          assert.ok(worstRedis(tuneRedis({ memoryMiB, mode }), mode) <= memoryMiB);
        }),
      );
    });

    it(`${mode}: never gives any part less when there is more`, () => {
      fc.assert(
        fc.property(growing(32), ([less, more]) => {
          assertGrown(tuneRedis({ memoryMiB: less, mode }), tuneRedis({ memoryMiB: more, mode }));
        }),
      );
    });
  }

  it("leaves a durable one less for data: while it rewrites its file, what is written meanwhile exists twice", () => {
    const sizes = (["cache", "durable"] as const).map(mode => tuneRedis({ memoryMiB: 1024, mode }).maxMemoryMiB);
    assert.deepEqual(sizes, [648, 462]);
  });
});
