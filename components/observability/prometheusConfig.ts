import { tlsFiles } from "../network/certificate";
import { clientTls, type TlsFiles } from "./webConfig";

/** A scrape target with its names known. */
export interface Job {
  job: string;
  component: string;
  app: string;
  namespace: string;
  host: string;
  port: number;
  path: string;
  https: boolean;
  serverName: string;
  honorLabels: boolean;
  checks?: readonly { probe: string; module: string; target: string; instance: string }[];
}

export interface RemoteWrite {
  /** Where every sample is sent too, such as Thanos' receiver or Amazon Managed Prometheus. */
  url: string;
  username?: string;
  /** File with the password or the token. */
  passwordFile?: string;
  tokenFile?: string;
}

export interface PrometheusConfigArgs {
  jobs: readonly Job[];
  /** Its own metrics, read from itself. `serverName` is a name in its certificate. */
  self: { job: string; port: number; serverName: string };
  /** Host of Alertmanager, which serves HTTPS. @default alerts go nowhere */
  alertmanager?: { host: string; port: number };
  /** Labels that tell this Prometheus from others, wherever its data goes. */
  externalLabels: Record<string, string>;
  intervalSeconds: number;
  /** Files with rules, beside the configuration. */
  ruleFiles: readonly string[];
  /** @default samples are kept here only */
  remoteWrite?: RemoteWrite;
  /** @default the certificate that every pod has */
  tls?: TlsFiles;
}

/** How long a scrape may take; below every interval that is allowed. */
const scrapeTimeoutSeconds = 4;

/** A target that sends more than this is broken, and would take the others down with it. */
const sampleLimit = 50_000;

function scrapeConfig(job: Job, tls: TlsFiles): object {
  const label = (target_label: string, replacement: string) => ({ target_label, replacement });
  return {
    job_name: job.job,
    scheme: job.https ? "https" : "http",
    metrics_path: job.path,
    ...(job.honorLabels ? { honor_labels: true } : {}),
    ...(job.https ? { tls_config: clientTls(job.serverName, tls) } : {}),
    ...(job.checks === undefined ? podsOf(job) : checksOf(job, job.checks)),
    relabel_configs: [label("namespace", job.namespace), label("component", job.component), label("app", job.app)],
  };
}

/** A headless Service resolves to the address of every pod behind it. */
const podsOf = ({ host, port }: Job): object => ({
  dns_sd_configs: [{ names: [host], type: "A", port, refresh_interval: "15s" }],
});

/** Each check is a target to Prometheus: the prober is asked once for each, with the question as parameters. */
const checksOf = ({ host, port }: Job, checks: NonNullable<Job["checks"]>): object => ({
  static_configs: checks.map(({ probe, module, target, instance }) => ({
    targets: [`${host}:${port}`],
    labels: { probe, instance, __param_module: module, __param_target: target },
  })),
});

/** What is sent elsewhere is kept for hours while nobody takes it (the write-ahead log), and sent then. */
function remoteWriteConfig({ url, username, passwordFile, tokenFile }: RemoteWrite): object {
  return {
    url,
    ...(username === undefined || passwordFile === undefined
      ? {}
      : { basic_auth: { username, password_file: passwordFile } }),
    ...(tokenFile === undefined ? {} : { authorization: { credentials_file: tokenFile } }),
    tls_config: { min_version: "TLS12" },
    // Few connections and small requests: the limits of the pod are made for its own work.
    queue_config: { max_shards: 4, capacity: 10_000, max_samples_per_send: 2000 },
  };
}

/** The pod's own metrics come by loopback: no Service, no NetworkPolicy in between. */
function selfConfig({ job, port, serverName }: PrometheusConfigArgs["self"], tls: TlsFiles): object {
  return {
    job_name: job,
    scheme: "https",
    tls_config: clientTls(serverName, tls),
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { component: job, app: "prometheus" } }],
  };
}

/** prometheus.yml: every target that the program knows, the rules, and where alerts go. */
export function prometheusConfig(args: PrometheusConfigArgs): object {
  const { jobs, self, alertmanager, externalLabels, intervalSeconds, ruleFiles, remoteWrite, tls = tlsFiles } = args;
  return {
    global: {
      scrape_interval: `${intervalSeconds}s`,
      scrape_timeout: `${scrapeTimeoutSeconds}s`,
      evaluation_interval: `${intervalSeconds}s`,
      external_labels: externalLabels,
      sample_limit: sampleLimit,
      body_size_limit: "32MB",
      label_limit: 64,
      label_value_length_limit: 2048,
    },
    rule_files: ruleFiles,
    ...(alertmanager === undefined
      ? {}
      : {
          alerting: {
            alertmanagers: [
              {
                scheme: "https",
                tls_config: clientTls(alertmanager.host, tls),
                static_configs: [{ targets: [`${alertmanager.host}:${alertmanager.port}`] }],
              },
            ],
          },
        }),
    ...(remoteWrite === undefined ? {} : { remote_write: [remoteWriteConfig(remoteWrite)] }),
    scrape_configs: [selfConfig(self, tls), ...jobs.map(job => scrapeConfig(job, tls))],
  };
}
