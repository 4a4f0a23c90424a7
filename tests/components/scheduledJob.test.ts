import assert from "node:assert/strict";
import { ScheduledJob, type ScheduledJobArgs } from "../../components/app/scheduledJob";
import { at, deploy, placement, refusal } from "../support/deploy";
import { image, store } from "../support/forms";

const minimal: ScheduledJobArgs = { namespace: placement, image, schedule: "0 3 * * *" };
const job = (args: Partial<ScheduledJobArgs> = {}) =>
  deploy(opts => new ScheduledJob("report", { ...minimal, ...args }, opts));
const specOf = async (args: Partial<ScheduledJobArgs> = {}) =>
  (await job(args)).get("CronJob", "report").inputs["spec"];
const refused = (args: object) => refusal(opts => new ScheduledJob("report", { ...minimal, ...args }, opts));

describe("ScheduledJob", () => {
  it("runs in UTC, never twice at once, with an end, and keeps a few runs to look at", async () => {
    const { jobTemplate, ...schedule } = (await specOf()) as Record<string, unknown>;
    assert.deepEqual(schedule, {
      schedule: "0 3 * * *",
      timeZone: "Etc/UTC",
      suspend: false,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
    });
    assert.equal(at(jobTemplate, "spec.activeDeadlineSeconds"), 3600);
    assert.equal(at(jobTemplate, "spec.backoffLimit"), 0);
    assert.equal(at(jobTemplate, "spec.template.spec.restartPolicy"), "Never");
    assert.equal(at(jobTemplate, "spec.template.spec.containers.0.livenessProbe"), undefined);
  });

  it("follows every argument", async () => {
    const spec = await specOf({
      schedule: "*/5 * * * *",
      timeZone: "Europe/Berlin",
      deadlineSeconds: 60,
      startingDeadlineSeconds: 30,
      retries: 2,
      history: { succeeded: 5, failed: 7 },
      suspended: true,
      transform: {
        cronJob: args => ({ ...args, spec: { ...(args.spec as object), concurrencyPolicy: "Replace" } as never }),
      },
    });
    const read = (path: string) => at(spec, path);
    assert.deepEqual(
      [
        "schedule",
        "timeZone",
        "suspend",
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
      ].map(read),
      ["*/5 * * * *", "Europe/Berlin", true, 30, 5, 7],
    );
    assert.deepEqual(
      ["jobTemplate.spec.activeDeadlineSeconds", "jobTemplate.spec.backoffLimit", "concurrencyPolicy"].map(read),
      [60, 2, "Replace"],
    );
  });

  it("reaches what it links to, and starts after it", async () => {
    const deployed = await job({ links: [store("database")], egress: [{ name: "s3", to: "public" }] });
    const labels = at(deployed.get("CronJob", "report").inputs, "spec.jobTemplate.spec.template.metadata.labels");
    for (const policy of ["report-to-database", "report-egress-s3"]) {
      const selected = at(deployed.get("NetworkPolicy", policy).inputs, "spec.podSelector.matchLabels") as object;
      for (const [name, value] of Object.entries(selected))
        assert.equal((labels as Record<string, string>)[name], value);
    }
    assert.ok(deployed.get("CronJob", "report").dependsOn.includes(deployed.custom("Certificate", "report-tls").urn));
  });

  it("refuses each wrong argument by name", async () => {
    const cases: [object, RegExp][] = [
      [
        { schedule: "0 25 * * *" },
        /^ScheduledJob "report": schedule must be a cron expression .*: hour must be in 0 to 23, got "25"$/,
      ],
      [{ schedule: undefined }, /^ScheduledJob "report": schedule must be a cron expression .*: got undefined$/],
      [
        { timeZone: "Europe/Atlantis" },
        /^ScheduledJob "report": timeZone must be a name such as .*, got "Europe\/Atlantis"$/,
      ],
      [{ deadlineSeconds: 0 }, /^ScheduledJob "report": deadlineSeconds must be a whole number in 1 to 604800, got 0$/],
      [
        { startingDeadlineSeconds: 5 },
        /^ScheduledJob "report": startingDeadlineSeconds must be a whole number in 10 to 86400, got 5$/,
      ],
      [{ retries: Number.NaN }, /^ScheduledJob "report": retries must be a whole number in 0 to 10, got NaN$/],
      [
        { history: { succeeded: 1, failed: -1 } },
        /^ScheduledJob "report": history.failed must be a whole number in 0 to 100, got -1$/,
      ],
    ];
    for (const [args, message] of cases) assert.match(await refused(args), message);
  });
});
