import { always, type Case, gauge } from "../support/ruleTests";

/** So old, all the time. */
const aged = (seconds: number) => (minute: number) => minute * 60 - seconds;
const labels = { component: "database" };
const expected = always('flowmarine_backup_expected{component="database"}', 1);
const never = (alert: string, metric: string): Case => ({
  alert,
  series: [
    // The cache has none, and should have none. What another one has helps nobody.
    gauge('flowmarine_backup_expected{component="database",instance="a"}', 1, 0, 0),
    always('flowmarine_backup_expected{component="database",instance="b"}', 0),
    gauge('flowmarine_backup_expected{component="database",instance="c"}', 1, 0, 0),
    always('flowmarine_backup_expected{component="cache"}', 0),
    always('flowmarine_backup_expected{component="files"}', 1),
    always(`${metric}{component="files"}`, aged(60)),
  ],
  labels,
  says: "It has been declared for an hour, and none has been reported.",
});

export const backupCases: readonly Case[] = [
  {
    alert: "ArchiveOld",
    series: [
      gauge(
        'flowmarine_backup_archive_timestamp_seconds{component="database",instance="a"}',
        aged(660),
        aged(600),
        aged(60),
      ),
      always('flowmarine_backup_archive_timestamp_seconds{component="database",instance="b"}', aged(9999)),
    ],
    labels,
    says: "What was archived last is 11 minutes old.",
  },
  never("ArchiveMissing", "flowmarine_backup_archive_timestamp_seconds"),
  {
    alert: "BackupOld",
    series: [
      gauge(
        'flowmarine_backup_success_timestamp_seconds{component="database",kind="incremental"}',
        aged(27 * 3600),
        aged(26 * 3600),
        aged(3600),
      ),
      always('flowmarine_backup_success_timestamp_seconds{component="database",kind="full"}', aged(6 * 86_400)),
      expected,
    ],
    labels,
    says: "The last one that ended well is 27 hours old.",
  },
  never("BackupMissing", "flowmarine_backup_success_timestamp_seconds"),
  {
    alert: "RestoreNotVerified",
    series: [
      gauge(
        'flowmarine_backup_verified_restore_timestamp_seconds{component="database",instance="a"}',
        aged(8.6 * 86_400),
        aged(8 * 86_400),
        aged(86_400),
      ),
      always(
        'flowmarine_backup_verified_restore_timestamp_seconds{component="database",instance="b"}',
        aged(99 * 86_400),
      ),
      expected,
    ],
    labels,
    says: "The last restore that was checked is 9 days old.",
  },
  never("RestoreNeverVerified", "flowmarine_backup_verified_restore_timestamp_seconds"),
  {
    alert: "BackupDrillFailed",
    series: [
      gauge('flowmarine_backup_drill_failed{component="database",scenario="lost volume",instance="a"}', 1, 0.6, 0),
      always('flowmarine_backup_drill_failed{component="database",scenario="lost volume",instance="b"}', 0.5),
    ],
    labels: { ...labels, scenario: "lost volume" },
    says: "It has failed 1 times in a row.",
  },
];
