import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import type * as logs from "@grafana/grafana-foundation-sdk/logs";
import type * as loki from "@grafana/grafana-foundation-sdk/loki";
import type * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import type * as stat from "@grafana/grafana-foundation-sdk/stat";
import type * as table from "@grafana/grafana-foundation-sdk/table";
import type * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

/**
 * Grafana's own schema, by the types of its Foundation SDK. The types alone: its builders would take a twentieth of every preview's time
 * to load, and tests hold what we write to what they make.
 */

/** A type of the SDK as JSON: an enum is its values, and what has only methods for the compiler loses them. */
export type Json<T> = T extends string
  ? `${T}`
  : T extends number
    ? number extends T
      ? number
      : `${T}` extends `${infer N extends number}`
        ? N
        : T
    : T extends readonly (infer Item)[]
      ? Json<Item>[]
      : T extends object
        ? { [K in keyof T as T[K] extends () => void ? never : K]: Json<T[K]> }
        : T;

export type GrafanaVariable = Json<dashboard.VariableModel>;
export type GrafanaRow = Omit<Json<dashboard.RowPanel>, "panels"> & { panels: never[] };
export type GrafanaLink = Json<dashboard.DashboardLink>;
export type Query = Json<prometheus.Dataquery> | Json<loki.dataquery>;
export type GrafanaAnnotation = Omit<Json<dashboard.AnnotationQuery>, "target">;

interface Panel<Type extends string, Options, Custom> {
  type: Type;
  options: Json<Options>;
  fieldConfig: {
    defaults: Omit<Json<dashboard.FieldConfig>, "custom"> & { custom?: Json<Custom> };
    overrides: never[];
  };
}

/** What a panel is, and what it is therefore told. */
export type Visualization =
  | Panel<"timeseries", timeseries.Options, timeseries.FieldConfig>
  | Panel<"stat", stat.Options, never>
  | Panel<"table", table.Options, Partial<table.FieldConfig>>
  | Panel<"logs", logs.Options, never>;

export type GrafanaPanel = Omit<
  Json<dashboard.Panel>,
  "type" | "options" | "fieldConfig" | "targets" | "transformations"
> &
  Visualization & {
    id: number;
    gridPos: Json<dashboard.GridPos>;
    targets: Query[];
    transformations?: { id: "organize"; options: { excludeByName: Record<string, boolean> } }[];
  };

/** The classic model, which files may hold in every version of Grafana; the SDK would rather have the API's newer one. */
type Classic = ReturnType<typeof dashboard.defaultDashboard>;

export type GrafanaDashboard = Omit<Json<Classic>, "panels" | "templating" | "annotations" | "links"> & {
  uid: string;
  title: string;
  panels: (GrafanaPanel | GrafanaRow)[];
  templating: { list: GrafanaVariable[] };
  annotations: { list: GrafanaAnnotation[] };
  links: GrafanaLink[];
};
