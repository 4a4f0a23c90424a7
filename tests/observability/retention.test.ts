import assert from "node:assert/strict";
import fc from "fast-check";
import {
  logsVolumeBesideGiB,
  logsVolumeGiB,
  metricsRetentionMiB,
  metricsVolumeGiB,
} from "../../components/observability/retention";

const whole = (max: number) => fc.integer({ min: 1, max });

describe("retention", () => {
  it("needs 4.2 GiB for 20,000 series every 15 s over 15 days", () => {
    assert.equal(metricsVolumeGiB({ activeSeries: 20_000, intervalSeconds: 15, days: 15 }).toFixed(1), "4.2");
  });

  it("needs 6.1 GiB for a GiB of logs a day over 14 days", () => {
    assert.equal(logsVolumeGiB({ rawMiBPerDay: 1024, days: 14 }).toFixed(1), "6.1");
  });

  it("needs more for what is kept longer, and reckons what is kept for less time like the rest", () => {
    const logs = { rawMiBPerDay: 1024, days: 14 };
    const audit = (days: number) => logsVolumeGiB({ ...logs, others: [{ rawMiBPerDay: 50, days }] });
    assert.equal(audit(365).toFixed(1), "13.6");
    assert.equal(audit(14), logsVolumeGiB(logs));
    assert.equal(audit(1), logsVolumeGiB(logs));
  });

  it("needs 1.1 GiB beside a bucket for the same logs: what waits for it, and the index", () => {
    const logs = { rawMiBPerDay: 1024, days: 14 };
    assert.equal(logsVolumeBesideGiB(logs).toFixed(2), "1.05");
    assert.equal(logsVolumeBesideGiB({ ...logs, others: [{ rawMiBPerDay: 50, days: 365 }] }).toFixed(2), "1.26");
  });

  it("grows with series and days, and shrinks with the interval", () => {
    fc.assert(
      fc.property(whole(1e7), whole(3650), fc.integer({ min: 5, max: 60 }), (activeSeries, days, intervalSeconds) => {
        const needed = metricsVolumeGiB({ activeSeries, days, intervalSeconds });
        assert.ok(metricsVolumeGiB({ activeSeries: activeSeries + 1000, days, intervalSeconds }) > needed);
        assert.ok(metricsVolumeGiB({ activeSeries, days: days + 1, intervalSeconds }) > needed);
        assert.ok(metricsVolumeGiB({ activeSeries, days, intervalSeconds: intervalSeconds * 2 }) < needed);
      }),
    );
  });

  it("never lets Prometheus fill its volume", () => {
    fc.assert(fc.property(whole(65_536), giB => assert.ok(metricsRetentionMiB(giB) <= giB * 1024 * 0.8)));
  });
});
