import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "./run.js";

/** A private authority, as cert-manager's CA issuer is one, made by openssl in `folder`. */
export class Authority {
  private constructor(private readonly folder: string) {}

  static async create(folder: string): Promise<Authority> {
    await output("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=test authority", "-keyout", join(folder, "ca.key"), "-out", join(folder, "ca.crt")],
    ]);
    return new Authority(folder);
  }

  get file(): string {
    return join(this.folder, "ca.crt");
  }

  /** A certificate for localhost with a key of its own, as the files of cert-manager's Secret. */
  async issue(serial: number): Promise<Record<"tls.crt" | "tls.key" | "ca.crt", string>> {
    const at = (name: string) => join(this.folder, name);
    await output("openssl", [
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost", "-keyout", at("leaf.key"), "-out", at("leaf.csr")],
    ]);
    writeFileSync(at("leaf.ext"), "subjectAltName=DNS:localhost\n");
    await output("openssl", [
      ...["x509", "-req", "-in", at("leaf.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-days", "1"],
      ...["-set_serial", String(serial), "-extfile", at("leaf.ext"), "-out", at("leaf.crt")],
    ]);
    const read = (name: string) => readFileSync(at(name), "utf8");
    return { "tls.crt": read("leaf.crt"), "tls.key": read("leaf.key"), "ca.crt": read("ca.crt") };
  }
}
