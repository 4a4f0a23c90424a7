import type { Dashboard } from "./dashboard";

const here = 'namespace=~"$namespace"';
const pod = "{{namespace}}/{{pod}}";

/** The cluster's objects and containers. */
export const kubernetes: Dashboard = {
  uid: "bulkhead-kubernetes",
  title: "Kubernetes",
  description: "What the cluster should run, what it runs, and what each container uses.",
  folder: "platform",
  variables: [{ name: "namespace", label: "Namespace", from: "kube_pod_info", of: "namespace" }],
  sections: [
    {
      title: "Nodes",
      panels: [
        {
          title: "Ready nodes",
          description: "Nodes whose kubelet reports that it can run pods.",
          kind: "state",
          unit: "short",
          queries: [
            { expr: 'min by (node) (kube_node_status_condition{condition="Ready",status="true"})', legend: "{{node}}" },
          ],
          alerts: ["NodeNotReady"],
          width: 12,
        },
        {
          title: "Nodes under pressure",
          description: "Nodes that are short of memory, disk or process ids, and evict pods.",
          kind: "stat",
          unit: "short",
          queries: [
            {
              expr: 'sum by (condition) (kube_node_status_condition{condition=~"(Memory|Disk|PID)Pressure",status="true"})',
              legend: "{{condition}}",
            },
          ],
          alerts: ["NodeUnderPressure"],
          width: 12,
        },
      ],
    },
    {
      title: "Pods",
      panels: [
        {
          title: "Pods by phase",
          description: "Pods that run, wait for a node or an image, or have ended.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `sum by (phase) (kube_pod_status_phase{${here}})`, legend: "{{phase}}" }],
          alerts: ["PodNotReady"],
        },
        {
          title: "Restarts",
          description: "How often each container was started again, in an hour.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{${here}}[1h]))`,
              legend: pod,
            },
          ],
          limit: { alert: "PodRestartsOften", threshold: "restarts", when: "above" },
        },
        {
          title: "Containers that wait",
          description: "Containers that are not running, and why.",
          kind: "table",
          unit: "short",
          queries: [
            {
              expr: `sum by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${here}})`,
              legend: "",
            },
          ],
          alerts: ["PodCrashLooping"],
        },
        {
          title: "Images that run",
          description: "What each container was declared as, and the digest that the node runs.",
          kind: "table",
          unit: "short",
          queries: [
            {
              expr: `sum by (namespace, container, image_spec, image_id) (kube_pod_container_info{${here}})`,
              legend: "",
            },
          ],
          alerts: ["ImageDrift"],
          width: 24,
        },
      ],
    },
    {
      title: "Workloads",
      panels: [
        {
          title: "Deployments: replicas that are missing",
          description: "Replicas that are declared and not available.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `kube_deployment_spec_replicas{${here}} - kube_deployment_status_replicas_available{${here}}`,
              legend: "{{namespace}}/{{deployment}}",
            },
          ],
          alerts: ["ReplicasMissing"],
        },
        {
          title: "StatefulSets: pods that are missing",
          description: "Pods that are declared and not ready.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `kube_statefulset_replicas{${here}} - kube_statefulset_status_replicas_ready{${here}}`,
              legend: "{{namespace}}/{{statefulset}}",
            },
          ],
          alerts: ["StatefulSetDown"],
        },
        {
          title: "DaemonSets: nodes without",
          description: "Nodes on which an agent should run and is not ready.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `kube_daemonset_status_desired_number_scheduled{${here}} - kube_daemonset_status_number_ready{${here}}`,
              legend: "{{namespace}}/{{daemonset}}",
            },
          ],
          alerts: ["DaemonSetIncomplete"],
        },
        {
          title: "Rollouts that go on",
          description: "Whether each Deployment's rollout makes progress; down is one that is stuck.",
          kind: "state",
          unit: "short",
          queries: [
            {
              expr: `min by (namespace, deployment) (kube_deployment_status_condition{condition="Progressing",status="true",${here}})`,
              legend: "{{namespace}}/{{deployment}}",
            },
          ],
          alerts: ["RolloutStuck"],
          width: 24,
        },
        {
          title: "Autoscalers: room to grow",
          description: "Replicas that an autoscaler may still add.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr:
                `kube_horizontalpodautoscaler_spec_max_replicas{${here}}` +
                ` - kube_horizontalpodautoscaler_status_current_replicas{${here}}`,
              legend: "{{namespace}}/{{horizontalpodautoscaler}}",
            },
          ],
          alerts: ["AutoscalerAtLimit"],
        },
        {
          title: "Disruption budgets: pods to spare",
          description: "Healthy pods above the fewest that each budget allows.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr:
                `kube_poddisruptionbudget_status_current_healthy{${here}}` +
                ` - kube_poddisruptionbudget_status_desired_healthy{${here}}`,
              legend: "{{namespace}}/{{poddisruptionbudget}}",
            },
          ],
          alerts: ["DisruptionBudgetBroken"],
        },
        {
          title: "Quotas",
          description: "Share of each namespace's quota that is reserved.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * kube_resourcequota{type="used",${here}} / on (namespace, resourcequota, resource)` +
                ` (kube_resourcequota{type="hard",${here}} > 0)`,
              legend: "{{namespace}}/{{resourcequota}} {{resource}}",
            },
          ],
          limit: { alert: "QuotaNearlyUsed", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Jobs that failed",
          description: "Pods of each Job that ended in error.",
          kind: "table",
          unit: "short",
          queries: [{ expr: `sum by (namespace, job_name) (kube_job_status_failed{${here}})`, legend: "" }],
          alerts: ["JobFailed"],
          width: 12,
        },
        {
          title: "Schedules: time until the next run",
          description: "Below nothing a run is late.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: `kube_cronjob_next_schedule_time{${here}} - time()`, legend: "{{namespace}}/{{cronjob}}" }],
          alerts: ["ScheduleMissed"],
          width: 12,
        },
      ],
    },
    {
      title: "Containers",
      panels: [
        {
          title: "CPU",
          description: "Processors that each pod uses.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${here}}[$__rate_interval]))`,
              legend: pod,
            },
          ],
        },
        {
          title: "Throttled",
          description: "Share of the time slices in which a container was held back at its CPU limit.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * sum by (namespace, pod, container) (rate(container_cpu_cfs_throttled_periods_total{${here}}[5m]))` +
                ` / sum by (namespace, pod, container) (rate(container_cpu_cfs_periods_total{${here}}[5m]))`,
              legend: `${pod} {{container}}`,
            },
          ],
        },
        {
          title: "Memory",
          description: "Memory that each container cannot give back, of what it may use. At 100 % it is killed.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * max by (namespace, pod, container) (container_memory_working_set_bytes{${here}})` +
                ` / (max by (namespace, pod, container) (container_spec_memory_limit_bytes{${here}}) > 0)`,
              legend: `${pod} {{container}}`,
            },
          ],
        },
        {
          title: "Network",
          description: "Bytes a second that each pod receives (above nothing) and sends (below).",
          kind: "timeseries",
          unit: "Bps",
          queries: [
            {
              expr: `sum by (namespace, pod) (rate(container_network_receive_bytes_total{${here}}[$__rate_interval]))`,
              legend: `${pod} in`,
            },
            {
              expr: `-sum by (namespace, pod) (rate(container_network_transmit_bytes_total{${here}}[$__rate_interval]))`,
              legend: `${pod} out`,
            },
          ],
        },
        {
          title: "Killed for want of memory",
          description: "Processes in a container that were killed at its limit, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `sum by (namespace, pod, container) (increase(container_oom_events_total{${here}}[10m]))`,
              legend: `${pod} {{container}}`,
            },
          ],
        },
        {
          title: "Volumes",
          description: "Share of each volume that is used.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * kubelet_volume_stats_used_bytes{${here}} / kubelet_volume_stats_capacity_bytes{${here}}`,
              legend: "{{namespace}}/{{persistentvolumeclaim}}",
            },
          ],
        },
      ],
    },
  ],
};
