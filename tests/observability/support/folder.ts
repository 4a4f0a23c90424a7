import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsFiles } from "../../../components/observability/webConfig";
import { Authority } from "../../edge/support/certificates";

/** A folder with configuration files, data and certificates, as a pod has them. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "bulkhead-observability-"));
  readonly data = join(this.path, "data");
  readonly authority: Authority;

  constructor(openssl: string) {
    mkdirSync(this.data);
    this.authority = new Authority(openssl, this.path, "ca");
  }

  /** Issues (or renews) the certificate of a part. */
  tls(name: string, ...hosts: string[]): TlsFiles {
    const { certificate, key } = this.authority.issue(name, ...hosts);
    return { certificate, key, ca: this.authority.ca.certificate };
  }

  /** Makes a folder in it. */
  folder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
