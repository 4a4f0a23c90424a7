import { always, type Case, counter, gauge } from "../support/ruleTests";

const fs = '{instance="n1",device="/dev/sda1",fstype="ext4",mountpoint="/var"}';
const labels = { instance: "n1", device: "/dev/sda1", fstype: "ext4", mountpoint: "/var" };
const node = '{instance="n1"}';
const writable = always(`node_filesystem_readonly${fs}`, 0);

export const systemCases: readonly Case[] = [
  {
    alert: "FilesystemSpaceLow",
    series: [
      gauge(`node_filesystem_avail_bytes${fs}`, 7.9, 8, 50),
      always(`node_filesystem_size_bytes${fs}`, 100),
      writable,
    ],
    labels,
    says: "7.9 % of it is free.",
  },
  {
    alert: "FilesystemFillsUp",
    series: [
      // 0.25 GiB a minute of 400: empty in 10 hours. The edge keeps more than a day.
      gauge(
        `node_filesystem_avail_bytes${fs}`,
        (_, since) => (155 - 0.2 * since) * 2 ** 30,
        (_, since) => (155 - 0.083 * since) * 2 ** 30,
        155 * 2 ** 30,
      ),
      always(`node_filesystem_size_bytes${fs}`, 400 * 2 ** 30),
      writable,
    ],
    labels,
    says: "At the pace of the last six hours it lacks 213GiB then.",
    firesAfter: 230,
    quietAfter: 40,
    beforeMinutes: 400,
    badMinutes: 400,
    afterMinutes: 400,
    stepMinutes: 5,
  },
  {
    alert: "FilesystemInodesLow",
    series: [gauge(`node_filesystem_files_free${fs}`, 4.9, 5, 50), always(`node_filesystem_files${fs}`, 100), writable],
    labels,
    says: "4.9 % of its inodes are free.",
  },
  {
    alert: "FilesystemReadOnly",
    series: [gauge(`node_filesystem_readonly${fs}`, 1, 0, 0)],
    labels,
    says: "The kernel refuses writes to /dev/sda1: usually after an error of the disk.",
  },
  ...["/", "/data"].map(mountpoint => ({
    alert: "FilesystemReadOnly",
    series: [gauge(`node_filesystem_readonly{instance="n1",device="/dev/sdb1",mountpoint="${mountpoint}"}`, 1, 0, 0)],
    labels: { instance: "n1", device: "/dev/sdb1", mountpoint },
    says: "The kernel refuses writes to /dev/sdb1: usually after an error of the disk.",
  })),
  {
    alert: "MemoryLow",
    series: [
      gauge(`node_memory_MemAvailable_bytes${node}`, 7.9, 8, 40),
      always(`node_memory_MemTotal_bytes${node}`, 100),
    ],
    labels: { instance: "n1" },
    says: "7.9 % of its memory is available.",
  },
  {
    alert: "OutOfMemoryKill",
    series: [counter(`node_vmstat_oom_kill${node}`, 0.5, 0, 0)],
    labels: { instance: "n1" },
    says: "5 in ten minutes.",
    firesAfter: 2,
    quietAfter: 8,
  },
  {
    alert: "CpuSaturated",
    series: [counter(`node_pressure_cpu_waiting_seconds_total${node}`, 37.2, 36, 6)],
    labels: { instance: "n1" },
    says: "In 62 % of the time at least one could run and did not get to.",
    firesAfter: 39,
    quietAfter: 1,
  },
  {
    alert: "DiskSaturated",
    series: [counter('node_disk_io_time_seconds_total{instance="n1",device="sda"}', 55.8, 54, 6)],
    labels: { instance: "n1", device: "sda" },
    says: "It was busy for 93 % of the last ten minutes.",
    firesAfter: 39,
    quietAfter: 1,
  },
  {
    alert: "ClockSkewed",
    series: [gauge(`node_timex_offset_seconds${node}`, -0.51, 0.5, 0)],
    labels: { instance: "n1" },
    says: "It is off by 0.51 s.",
  },
  {
    alert: "ClockNotSynchronised",
    series: [gauge(`node_timex_sync_status${node}`, 0, 0, 1), gauge(`node_timex_maxerror_seconds${node}`, 16, 15.9, 0)],
    labels: { instance: "n1" },
    says: "Its clock has not been set for so long that it may be off by 16 s.",
  },
  {
    alert: "FileHandlesLow",
    series: [gauge(`node_filefd_allocated${node}`, 86, 85, 10), always(`node_filefd_maximum${node}`, 100)],
    labels: { instance: "n1" },
    says: "86 % are in use.",
  },
  {
    alert: "NodeRestarted",
    // It restarts again and again; then long ago.
    series: [
      gauge(
        `node_boot_time_seconds${node}`,
        m => m * 60 - 599,
        m => m * 60 - 600,
        m => m * 60 - 86_400,
      ),
    ],
    labels: { instance: "n1" },
    says: "It came up 9m 59s ago.",
  },
];
