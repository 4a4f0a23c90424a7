import { type AlertGroup, count, hours, percent, seconds } from "./alert";

const disk = 'fstype!=""';

/** The nodes: disks, memory, processors, clocks. */
export const system: AlertGroup = {
  name: "system",
  apps: ["node-exporter"],
  alerts: [
    {
      name: "FilesystemSpaceLow",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { freePercent: percent(8) },
      expr: limit =>
        `100 * node_filesystem_avail_bytes{${disk}} / node_filesystem_size_bytes{${disk}} < ${limit("freePercent")}` +
        ` and node_filesystem_readonly{${disk}} == 0`,
      summary: "{{ $labels.mountpoint }} on {{ $labels.instance }} is nearly full",
      description: '{{ $value | printf "%.1f" }} % of it is free.',
      runbook: {
        meaning: "Little space is left on a file system of a node.",
        impact: "The kubelet evicts pods when it runs out; databases on the node stop writing.",
        checks: [
          "What grew: du -xh --max-depth=3 on the mount point",
          "Images and logs that nobody needs: crictl images, journalctl --disk-usage",
        ],
        fix: [
          "Remove what is not needed (crictl rmi --prune)",
          "Make the volume or the disk larger",
          "Move what grows to a volume of its own",
        ],
      },
    },
    {
      name: "FilesystemFillsUp",
      severity: "warning",
      owner: "platform",
      forMinutes: 60,
      thresholds: { withinHours: hours(24), freePercent: percent(40) },
      expr: limit =>
        `0 - predict_linear(node_filesystem_avail_bytes{${disk}}[6h], ${limit("withinHours")} * 3600) > 0` +
        ` and 100 * node_filesystem_avail_bytes{${disk}} / node_filesystem_size_bytes{${disk}} < ${limit("freePercent")}` +
        ` and node_filesystem_readonly{${disk}} == 0`,
      summary: "{{ $labels.mountpoint }} on {{ $labels.instance }} will be full within a day",
      description: "At the pace of the last six hours it lacks {{ $value | humanize1024 }}B then.",
      runbook: {
        meaning: "A file system fills so fast that it will be full before somebody is back at work.",
        impact: "As FilesystemSpaceLow, in less than a day.",
        checks: [
          "What grows: compare du of now and in an hour",
          "A program that logs in a loop; a queue that is not drained",
        ],
        fix: ["Stop what writes it", "Make room as for FilesystemSpaceLow"],
      },
    },
    {
      name: "FilesystemInodesLow",
      severity: "warning",
      owner: "platform",
      forMinutes: 30,
      thresholds: { freePercent: percent(5) },
      expr: limit =>
        `100 * node_filesystem_files_free{${disk}} / node_filesystem_files{${disk}} < ${limit("freePercent")}` +
        ` and node_filesystem_readonly{${disk}} == 0`,
      summary: "{{ $labels.mountpoint }} on {{ $labels.instance }} can hold few more files",
      description: '{{ $value | printf "%.1f" }} % of its inodes are free.',
      runbook: {
        meaning: "The file system has space but hardly any room for more files.",
        impact: "No file can be created although space is free.",
        checks: ["Which folder has so many: find -xdev -printf '%h\\n' | sort | uniq -c | sort -n | tail"],
        fix: ["Remove the small files (sessions, mail queues, build caches)", "Make a file system with more inodes"],
      },
    },
    {
      name: "FilesystemReadOnly",
      severity: "critical",
      owner: "platform",
      forMinutes: 5,
      thresholds: {},
      expr: () => `node_filesystem_readonly{${disk},mountpoint=~"/|/var.*|/data.*"} == 1`,
      summary: "{{ $labels.mountpoint }} on {{ $labels.instance }} has become read-only",
      description: "The kernel refuses writes to {{ $labels.device }}: usually after an error of the disk.",
      runbook: {
        meaning: "The kernel has remounted a file system read-only.",
        impact: "Nothing on the node can write there; pods fail one after the other.",
        checks: ["dmesg | grep -i -E 'error|remount'", "smartctl -a of the device"],
        fix: ["Drain the node and replace the disk", "After a repair: fsck, then remount"],
      },
    },
    {
      name: "MemoryLow",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: { freePercent: percent(8) },
      expr: limit => `100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < ${limit("freePercent")}`,
      summary: "{{ $labels.instance }} has little memory left",
      description: '{{ $value | printf "%.1f" }} % of its memory is available.',
      runbook: {
        meaning: "The node's processes use nearly all of its memory.",
        impact: "The kernel soon kills processes, not always the guilty one.",
        checks: ["kubectl top pods -A --sort-by=memory", "Processes outside of pods: ps aux --sort=-rss on the node"],
        fix: ["Lower the limits of what uses too much, or move it", "Add a node"],
      },
    },
    {
      name: "OutOfMemoryKill",
      severity: "warning",
      owner: "platform",
      forMinutes: 0,
      thresholds: { kills: count(1) },
      expr: limit => `increase(node_vmstat_oom_kill[10m]) >= ${limit("kills")}`,
      summary: "The kernel killed a process on {{ $labels.instance }} for want of memory",
      description: '{{ $value | printf "%.0f" }} in ten minutes.',
      runbook: {
        meaning: "A process exceeded its memory limit, or the node ran out.",
        impact: "Its container restarts; what it was doing is lost.",
        checks: ["kubectl get events -A | grep -i oom", "dmesg | grep -i 'killed process'"],
        fix: [
          "Raise the memory of the component in the stack's settings",
          "Find the leak: its memory over days on the dashboard",
        ],
      },
    },
    {
      name: "CpuSaturated",
      severity: "warning",
      owner: "platform",
      forMinutes: 30,
      thresholds: { waitingPercent: percent(60) },
      expr: limit => `100 * rate(node_pressure_cpu_waiting_seconds_total[10m]) > ${limit("waitingPercent")}`,
      summary: "Processes on {{ $labels.instance }} wait for a processor",
      description: 'In {{ $value | printf "%.0f" }} % of the time at least one could run and did not get to.',
      runbook: {
        meaning: "More wants to run on the node than its processors can do (pressure stall information).",
        impact: "Everything on the node answers later.",
        checks: ["kubectl top pods -A --sort-by=cpu", "Throttled containers: limits too low for what they do"],
        fix: ["Add replicas on other nodes, or a node", "Raise the CPU of what is throttled"],
      },
    },
    {
      name: "DiskSaturated",
      severity: "warning",
      owner: "platform",
      forMinutes: 30,
      thresholds: { busyPercent: percent(90) },
      expr: limit =>
        `100 * rate(node_disk_io_time_seconds_total{device!~"loop.*|ram.*|sr.*"}[10m]) > ${limit("busyPercent")}`,
      summary: "Disk {{ $labels.device }} of {{ $labels.instance }} is always busy",
      description: 'It was busy for {{ $value | printf "%.0f" }} % of the last ten minutes.',
      runbook: {
        meaning: "The disk works all the time.",
        impact: "Databases on it commit slowly.",
        checks: ["Who reads and writes: iotop, or container_fs_* by pod", "A backup or a vacuum that runs right now"],
        fix: ["Move one of the loads to another disk", "Take a faster volume type"],
      },
    },
    {
      name: "ClockSkewed",
      severity: "warning",
      owner: "platform",
      forMinutes: 10,
      thresholds: { offsetSeconds: seconds(0.5) },
      expr: limit => `abs(node_timex_offset_seconds) > ${limit("offsetSeconds")}`,
      summary: "The clock of {{ $labels.instance }} is wrong",
      description: 'It is off by {{ $value | printf "%.2f" }} s.',
      runbook: {
        meaning: "The node's clock differs from its time server's.",
        impact: "Tokens and certificates are judged wrongly; log lines and positions get false times.",
        checks: ["chronyc tracking, chronyc sources", "Is UDP 123 open to the time servers?"],
        fix: ["chronyc makestep", "Repair the way to the time servers"],
      },
    },
    {
      name: "ClockNotSynchronised",
      severity: "warning",
      owner: "platform",
      forMinutes: 30,
      thresholds: { errorSeconds: seconds(16) },
      expr: limit =>
        `node_timex_sync_status == 0 and on (instance) node_timex_maxerror_seconds >= ${limit("errorSeconds")}`,
      summary: "{{ $labels.instance }} has lost its time server",
      description: "Its clock has not been set for so long that it may be off by 16 s.",
      runbook: {
        meaning: "No time server has corrected the clock for hours.",
        impact: "As ClockSkewed, sooner or later.",
        checks: ["systemctl status chrony or systemd-timesyncd"],
        fix: ["Start it; open UDP 123 to its servers"],
      },
    },
    {
      name: "FileHandlesLow",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: { usedPercent: percent(85) },
      expr: limit => `100 * node_filefd_allocated / node_filefd_maximum > ${limit("usedPercent")}`,
      summary: "{{ $labels.instance }} has few file handles left",
      description: '{{ $value | printf "%.0f" }} % are in use.',
      runbook: {
        meaning: "The kernel's table of open files is nearly full.",
        impact: "No process on the node can open files or connections.",
        checks: ["Which process has most: ls /proc/*/fd | wc, lsof"],
        fix: ["Restart what leaks", "sysctl fs.file-max"],
      },
    },
    {
      name: "NodeRestarted",
      severity: "info",
      owner: "platform",
      forMinutes: 0,
      thresholds: { withinSeconds: seconds(600) },
      expr: limit => `time() - node_boot_time_seconds < ${limit("withinSeconds")}`,
      summary: "{{ $labels.instance }} has restarted",
      description: "It came up {{ $value | humanizeDuration }} ago.",
      runbook: {
        meaning: "The node has booted.",
        impact: "Its pods were interrupted.",
        checks: ["Planned? Upgrades, autoscaler", "Else: journalctl -b -1 -e"],
        fix: ["None, when it was planned"],
      },
    },
  ],
};
