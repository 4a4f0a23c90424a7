import { always, type Case, counter, gauge } from "../support/ruleTests";

const ns = (rest: Record<string, string>) => ({ namespace: "flowmarine", ...rest });
const selector = (labels: Record<string, string>) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")}}`;

const pod = ns({ pod: "api-1", container: "api" });
const info = always(`kube_pod_info${selector(ns({ pod: "api-1", node: "n1" }))}`, 1);
/** The same name in another namespace, another name in the same one: each on another node. */
const others = [
  always(`kube_pod_info${selector({ namespace: "other", pod: "api-1", node: "n2" })}`, 1),
  always(`kube_pod_info${selector(ns({ pod: "api-2", node: "n2" }))}`, 1),
];
const hpa = ns({ horizontalpodautoscaler: "api" });
const pdb = ns({ poddisruptionbudget: "api" });
const quota = ns({ resourcequota: "quota", resource: "pods" });

const digest = (of: string) => `sha256:${of.repeat(64)}`;
const declared = (spec: string, id: string) => ({ image_spec: `api@${digest(spec)}`, image_id: `api@${digest(id)}` });

export const kubernetesCases: readonly Case[] = [
  {
    alert: "NodeNotReady",
    series: [gauge('kube_node_status_condition{node="n1",condition="Ready",status="true"}', 0, 1, 1)],
    labels: { node: "n1", condition: "Ready", status: "true" },
    says: "Its kubelet has not reported for minutes; its pods are moved.",
  },
  {
    alert: "NodeUnderPressure",
    series: [gauge('kube_node_status_condition{node="n1",condition="DiskPressure",status="true"}', 1, 0, 0)],
    labels: { node: "n1", condition: "DiskPressure", status: "true" },
    says: "The kubelet evicts pods to get out of it.",
  },
  {
    alert: "PodCrashLooping",
    // The container runs for a minute in between; the edge is another reason to wait.
    series: [
      gauge(
        `kube_pod_container_status_waiting_reason${selector({ ...pod, reason: "CrashLoopBackOff" })}`,
        (_, since) => (since % 3 === 1 ? 1 : 0),
        0,
        0,
      ),
      gauge(`kube_pod_container_status_waiting_reason${selector({ ...pod, reason: "ContainerCreating" })}`, 0, 1, 0),
      info,
      ...others,
    ],
    labels: { ...pod, node: "n1", reason: "CrashLoopBackOff" },
    says: "Container api is held back between its restarts.",
    firesAfter: 11,
    quietAfter: 3,
  },
  {
    alert: "PodRestartsOften",
    series: [counter(`kube_pod_container_status_restarts_total${selector(pod)}`, 0.1, 0.05, 0), info, ...others],
    labels: { ...pod, node: "n1" },
    says: "Container api: 6 times in an hour.",
    firesAfter: 40,
    quietAfter: 20,
    badMinutes: 90,
    afterMinutes: 70,
  },
  ...["Pending", "Failed", "Unknown"].map(bad => ({
    alert: "PodNotReady",
    series: [
      ...["Pending", "Failed", "Unknown"].map(phase =>
        gauge(`kube_pod_status_phase${selector(ns({ pod: "api-1", phase }))}`, phase === bad ? 1 : 0, 0, 0),
      ),
      info,
      ...others,
    ],
    labels: ns({ pod: "api-1", node: "n1" }),
    says: "It has been pending, unknown or failed for 15 minutes.",
  })),
  {
    alert: "RolloutStuck",
    series: [
      gauge(
        `kube_deployment_status_condition${selector(ns({ deployment: "api", condition: "Progressing", status: "false" }))}`,
        1,
        0,
        0,
      ),
    ],
    labels: ns({ deployment: "api", condition: "Progressing", status: "false" }),
    says: "Its new version does not become ready; the old one still runs.",
  },
  {
    alert: "ReplicasMissing",
    series: [
      always(`kube_deployment_spec_replicas${selector(ns({ deployment: "api" }))}`, 3),
      gauge(`kube_deployment_status_replicas_available${selector(ns({ deployment: "api" }))}`, 2, 3, 3),
    ],
    labels: ns({ deployment: "api" }),
    says: "It should have 3, and has had fewer for 15 minutes.",
  },
  {
    alert: "StatefulSetDown",
    series: [
      always(`kube_statefulset_replicas${selector(ns({ statefulset: "database" }))}`, 1),
      gauge(`kube_statefulset_status_replicas_ready${selector(ns({ statefulset: "database" }))}`, 0, 1, 1),
    ],
    labels: ns({ statefulset: "database" }),
    says: "It should have 1 ready pods.",
  },
  {
    alert: "DaemonSetIncomplete",
    series: [
      always(`kube_daemonset_status_desired_number_scheduled${selector(ns({ daemonset: "logs" }))}`, 3),
      gauge(`kube_daemonset_status_number_ready${selector(ns({ daemonset: "logs" }))}`, 2, 3, 3),
    ],
    labels: ns({ daemonset: "logs" }),
    says: "It should run on 3 nodes.",
  },
  {
    alert: "JobFailed",
    series: [
      gauge(`kube_job_status_failed${selector(ns({ job_name: "migrate-1" }))}`, 1, 0, 0),
      // A job that failed once and then did its work.
      always(`kube_job_status_failed${selector(ns({ job_name: "report-1" }))}`, 1),
      always(`kube_job_status_completion_time${selector(ns({ job_name: "report-1" }))}`, 5),
      always(`kube_job_status_completion_time${selector({ namespace: "other", job_name: "migrate-1" })}`, 5),
    ],
    labels: ns({ job_name: "migrate-1" }),
    says: "1 of its pods ended in error.",
  },
  {
    alert: "ScheduleMissed",
    series: [
      gauge(
        `kube_cronjob_next_schedule_time${selector(ns({ cronjob: "report" }))}`,
        m => m * 60 - 1860,
        m => m * 60 - 1800,
        m => m * 60 + 60,
      ),
      always(`kube_cronjob_next_schedule_time${selector(ns({ cronjob: "paused" }))}`, -90_000),
      always(`kube_cronjob_spec_suspend${selector(ns({ cronjob: "paused" }))}`, 1),
      always(`kube_cronjob_spec_suspend${selector(ns({ cronjob: "report" }))}`, 0),
      always(`kube_cronjob_spec_suspend${selector({ namespace: "other", cronjob: "report" })}`, 1),
    ],
    labels: ns({ cronjob: "report" }),
    says: "It is 31 minutes late.",
  },
  {
    alert: "AutoscalerAtLimit",
    series: [
      gauge(`kube_horizontalpodautoscaler_status_current_replicas${selector(hpa)}`, 6, 5, 2),
      always(`kube_horizontalpodautoscaler_spec_max_replicas${selector(hpa)}`, 6),
      always(`kube_horizontalpodautoscaler_spec_min_replicas${selector(hpa)}`, 2),
      // One that is fixed is always at its limit.
      ...["status_current", "spec_max", "spec_min"].map(which =>
        always(
          `kube_horizontalpodautoscaler_${which}_replicas${selector(ns({ horizontalpodautoscaler: "fixed" }))}`,
          2,
        ),
      ),
    ],
    labels: hpa,
    says: "It has run with all of its 6 replicas for 30 minutes.",
  },
  {
    alert: "DisruptionBudgetBroken",
    series: [
      gauge(`kube_poddisruptionbudget_status_current_healthy${selector(pdb)}`, 1, 2, 2),
      always(`kube_poddisruptionbudget_status_desired_healthy${selector(pdb)}`, 2),
    ],
    labels: pdb,
    says: "1 pods are healthy, fewer than it promises.",
  },
  {
    alert: "QuotaNearlyUsed",
    series: [
      gauge(`kube_resourcequota${selector({ ...quota, type: "used" })}`, 55, 54, 20),
      always(`kube_resourcequota${selector({ ...quota, type: "hard" })}`, 60),
      always(`kube_resourcequota${selector({ ...quota, resource: "services", type: "used" })}`, 0),
      always(`kube_resourcequota${selector({ ...quota, resource: "services", type: "hard" })}`, 0),
    ],
    labels: quota,
    says: "92 % of its quota is used.",
  },
  {
    // The only one that is allowed.
    alert: "QuotaNearlyUsed",
    series: [
      gauge(`kube_resourcequota${selector({ ...quota, type: "used" })}`, 1, 0, 0),
      always(`kube_resourcequota${selector({ ...quota, type: "hard" })}`, 1),
    ],
    labels: quota,
    says: "100 % of its quota is used.",
  },
  {
    alert: "ImageDrift",
    series: [
      gauge(
        `kube_pod_container_info${selector({ ...pod, image_spec: "api:1", image_id: `api@${digest("a")}` })}`,
        1,
        Number.NaN,
        Number.NaN,
      ),
      always(`kube_pod_container_info${selector({ ...pod, container: "init", ...declared("b", "b") })}`, 1),
      // That another one was declared so helps nobody.
      always(`kube_pod_container_info${selector({ ...pod, container: "side", ...declared("a", "a") })}`, 1),
      always(`kube_pod_container_info${selector({ ...pod, pod: "api-2", ...declared("a", "a") })}`, 1),
      // A container that waits for its image has no id yet; a namespace without a quota is not ours.
      always(`kube_pod_container_info${selector({ ...pod, container: "new", image_spec: "api:1", image_id: "" })}`, 1),
      always(`kube_pod_container_info${selector({ ...pod, namespace: "kube-system", ...declared("a", "b") })}`, 1),
      always(`kube_resourcequota${selector({ ...quota, type: "hard" })}`, 60),
    ],
    labels: { ...pod, image_spec: "api:1", image_id: `api@${digest("a")}`, digest: digest("a") },
    says: `Container api was declared as api:1 and runs api@${digest("a")}.`,
    firesAfter: 6,
    quietAfter: 5,
  },
];
