import { tlsFiles } from "../network/certificate";

export interface GrafanaConfigArgs {
  port: number;
  dataPath: string;
  provisioningPath: string;
  /** Files that hold the two secrets. */
  adminPasswordFile: string;
  secretKeyFile: string;
  /** Where people open it, such as `https://grafana.example/`. @default its Service's address */
  publicUrl?: string;
  /** @default people log in with a name and a password of Grafana's own */
  oidc?: OidcConfig;
}

/** How an identity provider says who somebody is (OpenID Connect, authorization code with PKCE). */
export interface OidcConfig {
  /** What the button on the login page says. */
  name: string;
  /** The provider's endpoints, as its discovery document lists them. */
  authUrl: string;
  tokenUrl: string;
  userInfoUrl: string;
  clientId: string;
  clientSecretFile: string;
  scopes: readonly string[];
  /** JMESPath over the claims that gives `Viewer`, `Editor` or `Admin`; who gets none of them is not let in. */
  roleAttributePath: string;
}

type Section = Record<string, string | number | boolean>;

/** grafana.ini as sections. What is not here keeps Grafana's default. */
export function grafanaIni(args: GrafanaConfigArgs): Record<string, Section> {
  return {
    paths: { data: args.dataPath, plugins: `${args.dataPath}/plugins`, provisioning: args.provisioningPath },
    server: {
      protocol: "https",
      http_port: args.port,
      min_tls_version: "TLS1.2",
      cert_file: tlsFiles.certificate,
      cert_key: tlsFiles.key,
      certs_watch_interval: "1m",
      enforce_domain: false,
      ...(args.publicUrl === undefined ? {} : { root_url: args.publicUrl }),
    },
    database: { type: "sqlite3", wal: true },
    security: {
      admin_user: "admin",
      admin_password: `$__file{${args.adminPasswordFile}}`,
      secret_key: `$__file{${args.secretKeyFile}}`,
      disable_gravatar: true,
      cookie_secure: true,
      cookie_samesite: "strict",
      strict_transport_security: true,
      x_content_type_options: true,
      content_security_policy: true,
      allow_embedding: false,
    },
    users: { allow_sign_up: false, allow_org_create: false, default_theme: "system" },
    auth: { login_maximum_inactive_lifetime_duration: "12h", login_maximum_lifetime_duration: "7d" },
    "auth.anonymous": { enabled: false },
    "auth.basic": { enabled: true },
    ...(args.oidc === undefined ? {} : { "auth.generic_oauth": oauthSection(args.oidc) }),
    // Nothing is fetched from outside: plugins, news, pictures, usage statistics.
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    plugins: { preinstall_disabled: true, plugin_admin_enabled: false, public_key_retrieval_disabled: true },
    news: { news_feed_enabled: false },
    snapshots: { enabled: false, external_enabled: false },
    // Alerts are Prometheus' and Alertmanager's: one place.
    unified_alerting: { enabled: false },
    explore: { enabled: true },
    metrics: { enabled: true, disable_total_stats: true },
    log: { mode: "console", level: "info" },
    "log.console": { format: "json" },
  };
}

function oauthSection(oidc: OidcConfig): Section {
  return {
    enabled: true,
    name: oidc.name,
    client_id: oidc.clientId,
    client_secret: `$__file{${oidc.clientSecretFile}}`,
    scopes: oidc.scopes.join(" "),
    auth_url: oidc.authUrl,
    token_url: oidc.tokenUrl,
    api_url: oidc.userInfoUrl,
    use_pkce: true,
    use_refresh_token: true,
    allow_sign_up: true,
    role_attribute_path: oidc.roleAttributePath,
    role_attribute_strict: true,
    allow_assign_grafana_admin: false,
  };
}

/** The sections as a file. Values are written as they are; none has a line break. */
export function iniFile(sections: Record<string, Section>): string {
  return Object.entries(sections)
    .map(([name, values]) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ""])
    .flat()
    .join("\n");
}

export interface Sources {
  prometheus: string;
  loki: string;
  alertmanager: string;
}

/** Ids that dashboards name their data source by. */
export const sourceIds = { prometheus: "prometheus", loki: "loki", alertmanager: "alertmanager" };

/** Data sources, verified by the cluster's authority; nobody edits them by hand. */
export function datasources(urls: Sources): object {
  const verified = {
    access: "proxy",
    editable: false,
    secureJsonData: { tlsCACert: `$__file{${tlsFiles.ca}}` },
  };
  const tls = { tlsAuthWithCACert: true };
  return {
    apiVersion: 1,
    prune: true,
    datasources: [
      {
        name: "Prometheus",
        type: "prometheus",
        uid: sourceIds.prometheus,
        url: urls.prometheus,
        isDefault: true,
        ...verified,
        jsonData: { ...tls, httpMethod: "POST", prometheusType: "Prometheus", timeInterval: "15s" },
      },
      {
        name: "Loki",
        type: "loki",
        uid: sourceIds.loki,
        url: urls.loki,
        ...verified,
        jsonData: { ...tls, maxLines: 1000 },
      },
      {
        name: "Alertmanager",
        type: "alertmanager",
        uid: sourceIds.alertmanager,
        url: urls.alertmanager,
        ...verified,
        jsonData: { ...tls, implementation: "prometheus" },
      },
    ],
  };
}

/** Where dashboards come from: files, in a folder each, which is the only place they can be changed. */
export function dashboardProvider(folders: Readonly<Record<string, string>>, path: string): object {
  return {
    apiVersion: 1,
    providers: Object.entries(folders).map(([name, title]) => ({
      name,
      folder: title,
      folderUid: `bulkhead-${name}`,
      type: "file",
      disableDeletion: true,
      allowUiUpdates: false,
      updateIntervalSeconds: 60,
      options: { path: `${path}/${name}` },
    })),
  };
}
