import { type Alert, type AlertGroup, count, days, hours, minutes, type Threshold } from "./alert";

/**
 * How old the newest of something is, by what it is of. A store that has never had one has no time stamp: what is asked for is the list of
 * the stores that should have one (`flowmarine_backup_expected`), so that a first backup that never came is seen too.
 */
function age(
  name: string,
  unit: "minutes" | "hours" | "days",
  limitName: string,
  limit: Threshold,
  metric: string,
  texts: Pick<Alert, "summary" | "description" | "runbook"> & { never: string },
): Alert[] {
  const seconds = { minutes: 60, hours: 3600, days: 86_400 }[unit];
  const alert: Alert = {
    name,
    severity: "critical",
    owner: "data",
    forMinutes: 5,
    thresholds: { [limitName]: limit },
    expr: value => `(time() - max by (component) (${metric})) / ${seconds} > ${value(limitName)}`,
    summary: texts.summary,
    description: texts.description,
    runbook: texts.runbook,
  };
  const never: Alert = {
    ...alert,
    name: texts.never,
    forMinutes: 60,
    thresholds: {},
    expr: () => `max by (component) (flowmarine_backup_expected) == 1 unless on (component) ${metric}`,
    summary: `${texts.summary}: there has never been one`,
    description: "It has been declared for an hour, and none has been reported.",
  };
  return [alert, never];
}

/** Archives, backups and what proves them. An exit code proves nothing: only a restore that was checked counts. */
export const backup: AlertGroup = {
  name: "backup",
  apps: ["backup"],
  alerts: [
    ...age("ArchiveOld", "minutes", "ageMinutes", minutes(10), "flowmarine_backup_archive_timestamp_seconds", {
      summary: "The log archive of {{ $labels.component }} stands still",
      description: 'What was archived last is {{ $value | printf "%.0f" }} minutes old.',
      never: "ArchiveMissing",
      runbook: {
        meaning: "The store's write-ahead log (or binary log) is not brought to the archive.",
        impact: "After a loss, everything since then is gone; the log piles up on the volume until the store stops.",
        checks: [
          "Can the archive be reached, with credentials that are still valid?",
          "The archiver's log; failures are counted late, the age is the truth",
          "How much room is left on the volume: FilesystemSpaceLow",
        ],
        fix: ["Repair the way to the archive: it then catches up by itself", "Make the volume larger meanwhile"],
      },
    }),
    ...age("BackupOld", "hours", "ageHours", hours(26), "flowmarine_backup_success_timestamp_seconds", {
      summary: "The backup of {{ $labels.component }} is old",
      description: 'The last one that ended well is {{ $value | printf "%.0f" }} hours old.',
      never: "BackupMissing",
      runbook: {
        meaning: "The nightly backup did not run, or did not end well.",
        impact: "A restore takes longer, and depends on ever more of the archive.",
        checks: ["The backup job's log: kubectl logs job/NAME", "ScheduleMissed, JobFailed", "Room in the repository"],
        fix: ["Repair the cause, then run it by hand: kubectl create job --from=cronjob/NAME"],
      },
    }),
    ...age("RestoreNotVerified", "days", "ageDays", days(8), "flowmarine_backup_verified_restore_timestamp_seconds", {
      summary: "Nobody has seen {{ $labels.component }} restored",
      description: 'The last restore that was checked is {{ $value | printf "%.0f" }} days old.',
      never: "RestoreNeverVerified",
      runbook: {
        meaning: "The weekly drill has not restored a backup and compared its content.",
        impact: "Whether there is a backup is not known: programs report success over damaged repositories.",
        checks: ["The drill's log", "BackupDrillFailed"],
        fix: ["Run the drill by hand; repair what it finds before anything else"],
      },
    }),
    {
      name: "BackupDrillFailed",
      severity: "critical",
      owner: "data",
      forMinutes: 0,
      thresholds: { failures: count(1) },
      expr: limit => `max by (component, scenario) (flowmarine_backup_drill_failed) >= ${limit("failures")}`,
      summary: "The drill {{ $labels.scenario }} of {{ $labels.component }} failed",
      description: 'It has failed {{ $value | printf "%.0f" }} times in a row.',
      runbook: {
        meaning: "A restore did not bring back what was there: not started, not finished, or other content.",
        impact: "In an emergency the data is lost.",
        checks: ["The drill's log: which step, which difference", "Can an older backup be restored?"],
        fix: ["Take a new full backup at once, and drill it", "Then find what damaged the old one"],
      },
    },
  ],
};
