import type { Dashboard } from "./dashboard";

const here = 'instance=~"$instance"';
const disk = `fstype!="",${here}`;

/** The machines: disks, memory, processors, clocks. */
export const nodes: Dashboard = {
  uid: "bulkhead-nodes",
  title: "Nodes",
  description: "Disks, memory, processors and clocks of every node.",
  folder: "platform",
  variables: [{ name: "instance", label: "Node", from: "node_boot_time_seconds", of: "instance" }],
  sections: [
    {
      title: "Disks",
      panels: [
        {
          title: "Free space",
          description: "Space that is free, by file system.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * node_filesystem_avail_bytes{${disk}} / node_filesystem_size_bytes{${disk}}`,
              legend: "{{instance}} {{mountpoint}}",
            },
          ],
          limit: { alert: "FilesystemSpaceLow", threshold: "freePercent", when: "below" },
        },
        {
          title: "Space a day from now",
          description: "Free space in 24 hours, at the pace of the last six. Below nothing it is full by then.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            {
              expr: `predict_linear(node_filesystem_avail_bytes{${disk}}[6h], 24 * 3600)`,
              legend: "{{instance}} {{mountpoint}}",
            },
          ],
          alerts: ["FilesystemFillsUp"],
        },
        {
          title: "Free inodes",
          description: "How many more files each file system can hold.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * node_filesystem_files_free{${disk}} / node_filesystem_files{${disk}}`,
              legend: "{{instance}} {{mountpoint}}",
            },
          ],
          limit: { alert: "FilesystemInodesLow", threshold: "freePercent", when: "below" },
        },
        {
          title: "Busy disks",
          description: "Share of the time in which each disk had work.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * rate(node_disk_io_time_seconds_total{device!~"loop.*|ram.*|sr.*",${here}}[10m])`,
              legend: "{{instance}} {{device}}",
            },
          ],
          limit: { alert: "DiskSaturated", threshold: "busyPercent", when: "above" },
        },
        {
          title: "Disk traffic",
          description: "Bytes a second read (above nothing) and written (below).",
          kind: "timeseries",
          unit: "Bps",
          queries: [
            {
              expr: `sum by (instance) (rate(node_disk_read_bytes_total{${here}}[$__rate_interval]))`,
              legend: "{{instance}} read",
            },
            {
              expr: `-sum by (instance) (rate(node_disk_written_bytes_total{${here}}[$__rate_interval]))`,
              legend: "{{instance}} written",
            },
          ],
        },
        {
          title: "Read-only file systems",
          description: "File systems that the kernel refuses to write to; some are meant to be so.",
          kind: "table",
          unit: "short",
          queries: [{ expr: `max by (instance, mountpoint, device) (node_filesystem_readonly{${disk}})`, legend: "" }],
          alerts: ["FilesystemReadOnly"],
        },
      ],
    },
    {
      title: "Memory and processors",
      panels: [
        {
          title: "Available memory",
          description: "Memory that programs can still get without swapping.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * node_memory_MemAvailable_bytes{${here}} / node_memory_MemTotal_bytes{${here}}`,
              legend: "{{instance}}",
            },
          ],
          limit: { alert: "MemoryLow", threshold: "freePercent", when: "below" },
        },
        {
          title: "Killed for want of memory",
          description: "Processes that the kernel killed, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `increase(node_vmstat_oom_kill{${here}}[10m])`, legend: "{{instance}}" }],
          limit: { alert: "OutOfMemoryKill", threshold: "kills", when: "above" },
        },
        {
          title: "Waiting for a processor",
          description: "Share of the time in which at least one process could run and did not get to.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            { expr: `100 * rate(node_pressure_cpu_waiting_seconds_total{${here}}[10m])`, legend: "{{instance}}" },
          ],
          limit: { alert: "CpuSaturated", threshold: "waitingPercent", when: "above" },
        },
        {
          title: "Processors in use",
          description: "Share of all processors that was not idle.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",${here}}[$__rate_interval])))`,
              legend: "{{instance}}",
            },
          ],
        },
        {
          title: "Load",
          description: "Processes that run or wait, averaged over five minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `node_load5{${here}}`, legend: "{{instance}}" }],
        },
        {
          title: "File handles",
          description: "Share of the kernel's file handles that are in use.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            { expr: `100 * node_filefd_allocated{${here}} / node_filefd_maximum{${here}}`, legend: "{{instance}}" },
          ],
          limit: { alert: "FileHandlesLow", threshold: "usedPercent", when: "above" },
        },
      ],
    },
    {
      title: "Clock and starts",
      panels: [
        {
          title: "Clock offset",
          description: "How far each clock is from its time server.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: `abs(node_timex_offset_seconds{${here}})`, legend: "{{instance}}" }],
          limit: { alert: "ClockSkewed", threshold: "offsetSeconds", when: "above" },
        },
        {
          title: "Clock uncertainty",
          description: "How wrong each clock may be: it grows while no time server answers.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: `node_timex_maxerror_seconds{${here}}`, legend: "{{instance}}" }],
          limit: { alert: "ClockNotSynchronised", threshold: "errorSeconds", when: "above" },
        },
        {
          title: "Time since the last start",
          description: "How long ago each node was started.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: `time() - node_boot_time_seconds{${here}}`, legend: "{{instance}}" }],
          limit: { alert: "NodeRestarted", threshold: "withinSeconds", when: "below" },
        },
      ],
    },
  ],
};
