import { type AlertGroup, count, minutes, percent } from "./alert";

/** The pod's node, so that a node that is down can hide what it does to its pods. */
const withNode = " * on (namespace, pod) group_left (node) group by (namespace, pod, node) (kube_pod_info)";

const containers = 'kube_pod_container_info{image_id!=""}';
const digest = "sha256:[0-9a-f]{64}";

/** The cluster's objects, by kube-state-metrics. */
export const kubernetes: AlertGroup = {
  name: "kubernetes",
  apps: ["kube-state-metrics"],
  alerts: [
    {
      name: "NodeNotReady",
      severity: "critical",
      owner: "platform",
      forMinutes: 5,
      thresholds: {},
      expr: () => 'kube_node_status_condition{condition="Ready",status="true"} == 0',
      summary: "Node {{ $labels.node }} is not ready",
      description: "Its kubelet has not reported for minutes; its pods are moved.",
      runbook: {
        meaning: "The node is off, cut off, or its kubelet or runtime hangs.",
        impact: "Less capacity; what has one replica there is down until it is moved.",
        checks: ["kubectl describe node", "Can it be reached? journalctl -u kubelet"],
        fix: ["Restart the kubelet or the node; replace it"],
      },
    },
    {
      name: "NodeUnderPressure",
      severity: "warning",
      owner: "platform",
      forMinutes: 5,
      thresholds: {},
      expr: () => 'kube_node_status_condition{condition=~"(Memory|Disk|PID)Pressure",status="true"} == 1',
      summary: "Node {{ $labels.node }} reports {{ $labels.condition }}",
      description: "The kubelet evicts pods to get out of it.",
      runbook: {
        meaning: "The kubelet is short of memory, disk or process ids.",
        impact: "Pods are evicted, those above their requests first.",
        checks: ["kubectl describe node: Allocated resources, Events"],
        fix: ["As MemoryLow or FilesystemSpaceLow"],
      },
    },
    {
      name: "PodCrashLooping",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: {},
      expr: () =>
        `max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])${withNode} >= 1`,
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} crashes again and again",
      description: "Container {{ $labels.container }} is held back between its restarts.",
      runbook: {
        meaning: "A container ends soon after each start.",
        impact: "That replica does nothing.",
        checks: ["kubectl logs --previous", "kubectl describe pod: exit code, OOMKilled?"],
        fix: ["Roll back the version or the setting that began it"],
      },
    },
    {
      name: "PodRestartsOften",
      severity: "warning",
      owner: "platform",
      forMinutes: 0,
      thresholds: { restarts: count(4) },
      expr: limit => `increase(kube_pod_container_status_restarts_total[1h])${withNode} >= ${limit("restarts")}`,
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} keeps restarting",
      description: 'Container {{ $labels.container }}: {{ $value | printf "%.0f" }} times in an hour.',
      runbook: {
        meaning: "A container dies now and then, too rarely for CrashLoopBackOff.",
        impact: "Open requests are lost each time.",
        checks: ["Last state in kubectl describe pod: OOMKilled, or the liveness probe?"],
        fix: ["Raise its memory, or repair the leak", "Find what makes the probe slow"],
      },
    },
    {
      name: "PodNotReady",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: {},
      expr: () => `sum by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown|Failed"})${withNode} > 0`,
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} does not start",
      description: "It has been pending, unknown or failed for 15 minutes.",
      runbook: {
        meaning: "A pod finds no node, no volume, no image, or ended in error.",
        impact: "A replica or a job is missing.",
        checks: ["kubectl describe pod: Events"],
        fix: ["No node fits: lower requests or add one", "Image or volume: correct the reference"],
      },
    },
    {
      name: "RolloutStuck",
      severity: "critical",
      owner: "platform",
      forMinutes: 2,
      thresholds: {},
      expr: () => 'kube_deployment_status_condition{condition="Progressing",status="false"} == 1',
      summary: "The rollout of {{ $labels.namespace }}/{{ $labels.deployment }} is stuck",
      description: "Its new version does not become ready; the old one still runs.",
      runbook: {
        meaning: "New pods did not become ready within progressDeadlineSeconds.",
        impact: "None for users as long as the old pods live; the change is not out.",
        checks: ["kubectl rollout status; the new pods' logs and events"],
        fix: ["Correct and deploy again, or deploy the version before"],
      },
    },
    {
      name: "ReplicasMissing",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: {},
      expr: () => "kube_deployment_spec_replicas > kube_deployment_status_replicas_available",
      summary: "{{ $labels.namespace }}/{{ $labels.deployment }} has too few replicas",
      description: 'It should have {{ $value | printf "%.0f" }}, and has had fewer for 15 minutes.',
      runbook: {
        meaning: "Fewer pods are available than declared.",
        impact: "Less capacity; the next failure may be an outage.",
        checks: ["PodNotReady, PodCrashLooping of its pods; the namespace's quota"],
        fix: ["As those"],
      },
    },
    {
      name: "StatefulSetDown",
      severity: "critical",
      owner: "data",
      forMinutes: 5,
      thresholds: {},
      expr: () => "kube_statefulset_replicas > kube_statefulset_status_replicas_ready",
      summary: "{{ $labels.namespace }}/{{ $labels.statefulset }} is not complete",
      description: 'It should have {{ $value | printf "%.0f" }} ready pods.',
      runbook: {
        meaning: "A pod with a volume is not ready.",
        impact: "A data store or a part of the monitoring is down.",
        checks: ["kubectl describe pod NAME-0: volume attached? log?"],
        fix: [
          "A volume bound to a dead node: detach it",
          "A bad image after a revert: delete the pod once (kubernetes#67250)",
        ],
      },
    },
    {
      name: "DaemonSetIncomplete",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: {},
      expr: () => "kube_daemonset_status_desired_number_scheduled > kube_daemonset_status_number_ready",
      summary: "{{ $labels.namespace }}/{{ $labels.daemonset }} does not run everywhere",
      description: 'It should run on {{ $value | printf "%.0f" }} nodes.',
      runbook: {
        meaning: "An agent is missing on a node.",
        impact: "That node's logs or metrics are not collected.",
        checks: ["kubectl get pods -o wide of it"],
        fix: ["As PodNotReady"],
      },
    },
    {
      name: "JobFailed",
      severity: "warning",
      owner: "platform",
      forMinutes: 0,
      thresholds: { failed: count(1) },
      expr: limit =>
        `kube_job_status_failed >= ${limit("failed")} unless on (namespace, job_name) kube_job_status_completion_time`,
      summary: "Job {{ $labels.namespace }}/{{ $labels.job_name }} failed",
      description: '{{ $value | printf "%.0f" }} of its pods ended in error.',
      runbook: {
        meaning: "A migration or scheduled job did not succeed.",
        impact: "A migration: the new version is not rolled out. A schedule: this run's work is not done.",
        checks: ["kubectl logs job/NAME"],
        fix: ["Repair the cause; delete the job and run it again"],
      },
    },
    {
      name: "ScheduleMissed",
      severity: "warning",
      owner: "platform",
      forMinutes: 0,
      thresholds: { lateMinutes: minutes(30) },
      expr: limit =>
        `(time() - kube_cronjob_next_schedule_time) / 60 > ${limit("lateMinutes")}` +
        " unless on (namespace, cronjob) kube_cronjob_spec_suspend == 1",
      summary: "{{ $labels.namespace }}/{{ $labels.cronjob }} did not run",
      description: 'It is {{ $value | printf "%.0f" }} minutes late.',
      runbook: {
        meaning: "A scheduled job was not started at its time.",
        impact: "Its work is not done.",
        checks: ["A run before it that does not end? The quota?"],
        fix: ["kubectl create job --from=cronjob/NAME"],
      },
    },
    {
      name: "AutoscalerAtLimit",
      severity: "warning",
      owner: "backend",
      forMinutes: 30,
      thresholds: {},
      expr: () =>
        "kube_horizontalpodautoscaler_status_current_replicas == kube_horizontalpodautoscaler_spec_max_replicas" +
        " and kube_horizontalpodautoscaler_spec_max_replicas > kube_horizontalpodautoscaler_spec_min_replicas",
      summary: "{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} cannot grow any more",
      description: 'It has run with all of its {{ $value | printf "%.0f" }} replicas for 30 minutes.',
      runbook: {
        meaning: "The load needs as many pods as are allowed.",
        impact: "More load makes it slow.",
        checks: ["Real load, or a loop? Requests a second on the dashboard"],
        fix: ["Raise maxReplicas, and the nodes with it"],
      },
    },
    {
      name: "DisruptionBudgetBroken",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: {},
      expr: () => "kube_poddisruptionbudget_status_current_healthy < kube_poddisruptionbudget_status_desired_healthy",
      summary: "{{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} is below its minimum",
      description: '{{ $value | printf "%.0f" }} pods are healthy, fewer than it promises.',
      runbook: {
        meaning: "Fewer pods run than the budget keeps.",
        impact: "Nodes cannot be drained; another failure is an outage.",
        checks: ["Its pods: PodNotReady, PodCrashLooping"],
        fix: ["As those"],
      },
    },
    {
      name: "QuotaNearlyUsed",
      severity: "warning",
      owner: "platform",
      forMinutes: 15,
      thresholds: { usedPercent: percent(90) },
      expr: limit =>
        '100 * kube_resourcequota{type="used"} / on (namespace, resourcequota, resource)' +
        ` (kube_resourcequota{type="hard"} > 0) > ${limit("usedPercent")}`,
      summary: "Namespace {{ $labels.namespace }} has little {{ $labels.resource }} left",
      description: '{{ $value | printf "%.0f" }} % of its quota is used.',
      runbook: {
        meaning: "The namespace's quota is nearly used up.",
        impact: "A rollout needs room for one more pod, and will not get it.",
        checks: ["kubectl describe quota -n NAMESPACE"],
        fix: ["Raise the quota; lower what reserves too much"],
      },
    },
    {
      name: "ImageDrift",
      severity: "critical",
      owner: "security",
      forMinutes: 5,
      thresholds: {},
      // Namespaces with a quota are those that this platform made; what runs in others is not its business.
      expr: () =>
        `(label_replace(${containers}, "digest", "$1", "image_id", ".*(${digest})") unless on (namespace, pod, container, digest)` +
        ` label_replace(${containers}, "digest", "$1", "image_spec", ".+@(${digest})"))` +
        " and on (namespace) kube_resourcequota",
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} runs another image than was declared",
      description:
        "Container {{ $labels.container }} was declared as {{ $labels.image_spec }} and runs {{ $labels.image_id }}.",
      runbook: {
        meaning: "A container's image is not pinned by digest, or the node runs another digest than the pod asks for.",
        impact: "What runs is not what was reviewed and scanned.",
        checks: [
          "Who made the pod: the audit log, kubectl get pod -o yaml: managedFields",
          "An image loaded on the node by hand (a lab does so)?",
        ],
        fix: [
          "Not ours: docs/runbooks/incidents/compromisedContainer.md",
          "Ours, by tag: pin it by digest in images/catalogue.ts; pulumi up",
        ],
      },
    },
  ],
};
