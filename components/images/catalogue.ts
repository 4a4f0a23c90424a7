/** A published image: where it is, what it is, and in how many independent places its digest was seen. */
interface Published {
  repository: string;
  tag: string;
  digest: `sha256:${string}`;
  /** Independent publications of this tag with this digest. Fewer than two would be said beside the entry. */
  sources: number;
}

/** Third-party images by the name that settings override them by (`images`). */
export const catalogue = {
  postgres: {
    repository: "docker.io/library/postgres",
    tag: "17.11-bookworm",
    digest: "sha256:639ab7ceb90e13123085b741fb31ef493fba25463002f6da665352e7b534b652",
    sources: 5,
  },
  mariadb: {
    repository: "docker.io/library/mariadb",
    tag: "11.8.9",
    digest: "sha256:6422478cb8e159f080fb1d8ccf65101e26fe51385787fde7d16c3b165a331f15",
    sources: 2,
  },
  valkey: {
    repository: "docker.io/valkey/valkey",
    tag: "9.1.2",
    digest: "sha256:418652cfb58ef879d4978c33553735d7147016032d5aefaa14c828e611eb9dfd",
    sources: 4,
  },
  nginx: {
    repository: "docker.io/nginxinc/nginx-unprivileged",
    tag: "1.30.5-alpine",
    digest: "sha256:15c994d10d6d78658721c3bcafff14cb281fba2a4bdf9d5ba92c416a472516e3",
    sources: 3,
  },
  prometheus: {
    repository: "docker.io/prom/prometheus",
    tag: "v3.15.0",
    digest: "sha256:efd719c99d83b060d9daefdcf00360461adf279f45ef5391f8d111892118753e",
    sources: 8,
  },
  alertmanager: {
    repository: "docker.io/prom/alertmanager",
    tag: "v0.34.1",
    digest: "sha256:e9733bafb1bdef9b00e25a21f8f99dc26a22224bf16641ad754d1649f4c3357a",
    sources: 7,
  },
  grafana: {
    repository: "docker.io/grafana/grafana",
    tag: "13.2.3",
    digest: "sha256:b28bae15e219c998fb0e0424ed724930cc61b1f61fb404d47c862f9a23f9e572",
    sources: 8,
  },
  loki: {
    repository: "docker.io/grafana/loki",
    tag: "3.7.8",
    digest: "sha256:1107dd5274e0ada47e42472b7a7e71f3b2a2fe878878108f3e2f9e51528f0193",
    sources: 7,
  },
  // Tests run 0.159.0, which scripts/install-tools.sh builds: two releases before.
  otelCollector: {
    repository: "docker.io/otel/opentelemetry-collector-contrib",
    tag: "0.161.0",
    digest: "sha256:fd328de2552466ad78385e1b1289c3f2402b1c45f265b252aab1955b42845ac1",
    sources: 8,
  },
  nodeExporter: {
    repository: "quay.io/prometheus/node-exporter",
    tag: "v1.12.1",
    digest: "sha256:1b4e4438faca4dd7e001dd445d161a4a2091b0fededa84093b3a8dfeae1f1be0",
    sources: 2,
  },
  postgresExporter: {
    repository: "quay.io/prometheuscommunity/postgres-exporter",
    tag: "v0.20.1",
    digest: "sha256:ac5ec343104fae0e2d84a27bb8d69b38430a11910c5382cad85d478d2bab713e",
    sources: 6,
  },
  redisExporter: {
    repository: "docker.io/oliver006/redis_exporter",
    tag: "v1.93.0-alpine",
    digest: "sha256:93831cd4d5d67687de67c9d5221b14312fea580af8d157583ed9d4459bf2dd70",
    sources: 2,
  },
  mysqldExporter: {
    repository: "docker.io/prom/mysqld-exporter",
    tag: "v0.20.0",
    digest: "sha256:abed8dac117b4ae5b70757f988e44795935b9a72c3b58d720c67ba688f8cb79e",
    sources: 2,
  },
  nginxExporter: {
    repository: "docker.io/nginx/nginx-prometheus-exporter",
    tag: "1.5.1",
    digest: "sha256:9f6d963bb2b19d706d401cc3e2c3ea8de2f1c471b96a2156ca45e76f650b1625",
    sources: 2,
  },
  blackboxExporter: {
    repository: "quay.io/prometheus/blackbox-exporter",
    tag: "v0.28.0",
    digest: "sha256:e753ff9f3fc458d02cca5eddab5a77e1c175eee484a8925ac7d524f04366c2fc",
    sources: 2,
  },
  kubeStateMetrics: {
    repository: "registry.k8s.io/kube-state-metrics/kube-state-metrics",
    tag: "v2.20.0",
    digest: "sha256:42cfe3723a5f058171c627537fb57a3ea0f26e4380fa18555a95cb1a1b4cfc5b",
    sources: 2,
  },
  node: {
    repository: "docker.io/library/node",
    tag: "22-bookworm-slim",
    digest: "sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c",
    sources: 8,
  },
} as const satisfies Record<string, Published>;

export type CatalogueName = keyof typeof catalogue;

/** References by catalogue name, all pinned by digest. */
export type Images = Record<CatalogueName, string>;

/** The catalogue as references, `repository:tag@digest`, with overrides (a mirror, a patched build) put in their place. */
export function images(overrides: Partial<Record<CatalogueName, string>> = {}): Images {
  const published = Object.entries(catalogue).map(([name, { repository, tag, digest }]) => [
    name,
    `${repository}:${tag}@${digest}`,
  ]);
  return { ...(Object.fromEntries(published) as Images), ...overrides };
}

/** Version of a program: as its reference's tag says it (`registry/nginx:1.30.5-alpine@sha256:…`), else the catalogue's. */
export function versionOf(name: CatalogueName, reference = ""): string {
  const [, given] = /:(\d+(?:\.\d+)+)[^:]*@/.exec(reference) ?? [];
  return given ?? catalogue[name].tag.replace(/^v/, "").replace(/-.*/, "");
}
