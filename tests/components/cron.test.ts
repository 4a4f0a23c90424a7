import assert from "node:assert/strict";
import fc from "fast-check";
import { checkSchedule, checkTimeZone } from "../../components/app/cron";

const accepts = (schedule: unknown) => {
  try {
    checkSchedule(schedule);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** One entry of a field: `*`, a value, a range, each with or without a step. */
const entry = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min: 1, max: 99 }), fc.nat(4))
    .map(([a, b, step, form]) => {
      const range = `${Math.min(a, b)}-${Math.max(a, b)}`;
      return ["*", `${a}`, range, `*/${step}`, `${range}/${step}`][form] ?? "*";
    });
const field = (min: number, max: number) =>
  fc.array(entry(min, max), { minLength: 1, maxLength: 4 }).map(e => e.join(","));
const schedule = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)).map(f => f.join(" "));

describe("checkSchedule", () => {
  it("accepts every expression that the grammar makes", () => {
    fc.assert(fc.property(schedule, accepts));
  });

  it("refuses one whose field is out of its bounds, wherever it stands", () => {
    const tooMuch = [60, 24, 32, 13, 7];
    fc.assert(
      fc.property(schedule, fc.nat(4), (text, index) => {
        const parts = text.split(" ");
        parts[index] = `${parts[index]},${tooMuch[index]}`;
        return !accepts(parts.join(" "));
      }),
    );
  });

  it("never throws anything but its own error", () => {
    fc.assert(fc.property(fc.anything(), value => typeof accepts(value) === "boolean"));
    fc.assert(fc.property(fc.stringMatching(/^[-*\/,?0-9a-z ]{0,40}$/), value => typeof accepts(value) === "boolean"));
  });

  it("knows names, macros and question marks as Kubernetes does", () => {
    for (const text of ["0 3 * JAN-mar Mon-FRI", "@daily", "@hourly", "0 0 ? * 1", "5/15 * * * *", " 0 3 * * * "])
      assert.ok(accepts(text), text);
    for (const text of [
      "@every 5m",
      "@reboot",
      "TZ=UTC 0 3 * * *",
      "0 3 * *",
      "0 0 3 * * *",
      "0 3 * * 7",
      "0 3 * * sun-mon,x",
      "*/0 * * * *",
      "5-1 * * * *",
      "1-2-3 * * * *",
      "",
      "x",
    ]) {
      assert.equal(accepts(text), false, text);
    }
  });

  it("refuses a day that never comes, unless a weekday may come instead", () => {
    assert.throws(
      () => checkSchedule("0 0 30 2 *"),
      /no month of it has such a day, so it would never run, got "0 0 30 2 \*"/,
    );
    assert.throws(() => checkSchedule("0 0 31 4,6 *"), /would never run/);
    for (const text of ["0 0 29 2 *", "0 0 31 4,5 *", "0 0 30 2 1", "0 0 30 2 */2"]) assert.ok(accepts(text), text);
  });
});

describe("checkTimeZone", () => {
  it("accepts names of the IANA database", () => {
    for (const zone of ["Etc/UTC", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
      checkTimeZone(zone);
  });

  it("refuses what the controller could not look up", () => {
    for (const zone of [
      "",
      "Local",
      "europe/berlin",
      "+01:00",
      "Europe/Atlantis",
      "Europe",
      "../etc/passwd",
      1,
      undefined,
    ]) {
      assert.throws(() => checkTimeZone(zone), /timeZone must be a name such as "Europe\/Berlin"/, String(zone));
    }
  });
});
