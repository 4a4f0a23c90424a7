import { type Alert, type AlertGroup } from "./alert";

const targetDown: Alert = {
  name: "TargetDown",
  severity: "critical",
  owner: "platform",
  forMinutes: 3,
  thresholds: {},
  expr: () => "up == 0",
  summary: "{{ $labels.job }} in {{ $labels.namespace }} does not answer",
  description: "{{ $labels.instance }} has not given its metrics for three minutes.",
  runbook: {
    meaning: "Prometheus cannot read a target: the pod is down, hangs, or the way to it is closed.",
    impact: "What the component does may be interrupted; its other alerts are blind.",
    checks: [
      "kubectl get pods -n NAMESPACE -l app.kubernetes.io/instance=COMPONENT",
      "Prometheus, page Targets: the error of the last scrape",
      "Certificate expired? kubectl get certificates -A",
    ],
    fix: [
      "Repair what the pod's events and log say",
      "A connection refused by policy: pulumi up restores the NetworkPolicies",
    ],
  },
};

/**
 * One alert a job, because only the program knows which jobs there should be: a target that is gone altogether has no `up` that could be 0.
 */
function targetAbsent(job: string, component: string): Alert {
  return {
    name: "TargetAbsent",
    severity: "critical",
    owner: "platform",
    forMinutes: 5,
    thresholds: {},
    expr: () => `absent(up{job="${job}",component="${component}"})`,
    summary: "{{ $labels.job }} is not there",
    description: "Its Service has had no pod for five minutes.",
    absent: "fires",
    runbook: {
      meaning: "No pod stands behind the component's headless Service, or its name does not resolve.",
      impact: "The component is down.",
      checks: [
        "kubectl get statefulsets,deployments,daemonsets -A -l app.kubernetes.io/instance=COMPONENT",
        "kubectl get endpointslices of its -metrics Service",
        "Cluster DNS",
      ],
      fix: ["Scale it up again; pulumi up restores what was deleted"],
    },
  };
}

/** Whether everything that should be there is, and answers. */
export function availability(jobs: readonly { job: string; component: string }[]): AlertGroup {
  return {
    name: "availability",
    alerts: [targetDown, ...jobs.map(({ job, component }) => targetAbsent(job, component))],
  };
}

/** With every alert that it may have: for whoever asks for names. */
export const anyAvailability = availability([{ job: "JOB", component: "COMPONENT" }]);
