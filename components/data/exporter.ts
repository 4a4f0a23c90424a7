/** How an exporter is run beside its server: TLS to the server, TLS to whoever scrapes it. */
export interface ExporterCommand {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
