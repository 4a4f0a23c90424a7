import type { Dashboard } from "./dashboard";

const here = 'component=~"$component"';
const name = "{{component}}";

/** Archives, backups, and the restores that prove them. */
export const backup: Dashboard = {
  uid: "bulkhead-backup",
  title: "Backup and recovery",
  description: "How much would be lost now, and when a restore was last seen to work.",
  folder: "data",
  variables: [{ name: "component", label: "Store", from: "flowmarine_backup_expected", of: "component" }],
  sections: [
    {
      title: "What would be lost",
      panels: [
        {
          title: "Age of the archive",
          description: "What was written since is lost with the volume.",
          kind: "timeseries",
          unit: "m",
          queries: [
            {
              expr: `(time() - max by (component) (flowmarine_backup_archive_timestamp_seconds{${here}})) / 60`,
              legend: name,
            },
          ],
          limit: { alert: "ArchiveOld", threshold: "ageMinutes", when: "above" },
        },
        {
          title: "Age of the backup",
          description: "Since the last one that ended well: a restore replays the archive from there.",
          kind: "timeseries",
          unit: "h",
          queries: [
            {
              expr: `(time() - max by (component) (flowmarine_backup_success_timestamp_seconds{${here}})) / 3600`,
              legend: name,
            },
          ],
          limit: { alert: "BackupOld", threshold: "ageHours", when: "above" },
        },
        {
          title: "Stores that should be backed up",
          description: "Whether each has an archive, a backup and a verified restore at all.",
          kind: "table",
          unit: "short",
          queries: [{ expr: `max by (component) (flowmarine_backup_expected{${here}})`, legend: "" }],
          alerts: ["ArchiveMissing", "BackupMissing", "RestoreNeverVerified"],
        },
      ],
    },
    {
      title: "Whether it would work",
      panels: [
        {
          title: "Age of the last verified restore",
          description: "A backup is proven by a restore whose content was checked, and by nothing else.",
          kind: "timeseries",
          unit: "d",
          queries: [
            {
              expr: `(time() - max by (component) (flowmarine_backup_verified_restore_timestamp_seconds{${here}})) / 86400`,
              legend: name,
            },
          ],
          limit: { alert: "RestoreNotVerified", threshold: "ageDays", when: "above" },
          width: 12,
        },
        {
          title: "Drills that failed",
          description: "How often in a row, by scenario; 0 is a drill that went well.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `max by (component, scenario) (flowmarine_backup_drill_failed{${here}})`,
              legend: `${name} {{scenario}}`,
            },
          ],
          limit: { alert: "BackupDrillFailed", threshold: "failures", when: "above" },
          width: 12,
        },
      ],
    },
  ],
};
