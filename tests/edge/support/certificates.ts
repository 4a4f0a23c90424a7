import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate and its key: the files, and the certificate's text. */
export interface Issued {
  certificate: string;
  key: string;
  pem: string;
}

/** A certificate authority for one test run. */
export class Authority {
  readonly ca: Issued;

  /** @param openssl the program; @param folder where all files go */
  constructor(
    readonly openssl: string,
    private readonly folder: string,
    private readonly name: string,
    fresh = true,
  ) {
    this.ca = this.files(name);
    if (!fresh) return;
    this.run(
      "req",
      "-x509",
      ...this.newKey(this.ca.key),
      "-subj",
      `/CN=${name}`,
      "-days",
      "2",
      "-out",
      this.ca.certificate,
    );
    this.readable(this.ca);
  }

  /** The authority that was made in this folder before. */
  static reopen(openssl: string, folder: string, name: string): Authority {
    return new Authority(openssl, folder, name, false);
  }

  /** A certificate for these names; the same `file` again replaces it, as a renewal does. */
  issue(file: string, ...hosts: string[]): Issued {
    const issued = this.files(file);
    const request = join(this.folder, `${file}.csr`);
    const extensions = join(this.folder, `${file}.ext`);
    writeFileSync(extensions, `subjectAltName=${hosts.map(host => `DNS:${host}`).join(",")}\n`);
    this.run("req", ...this.newKey(issued.key), "-subj", `/CN=${hosts[0] ?? file}`, "-out", request);
    this.run(
      ...["x509", "-req", "-in", request, "-CA", this.ca.certificate, "-CAkey", this.ca.key, "-CAcreateserial"],
      ...[
        "-CAserial",
        join(this.folder, `${this.name}.srl`),
        "-days",
        "1",
        "-extfile",
        extensions,
        "-out",
        issued.certificate,
      ],
    );
    return this.readable(issued);
  }

  private files(file: string): Issued {
    return { certificate: join(this.folder, `${file}.crt`), key: join(this.folder, `${file}.key`), pem: "" };
  }

  private newKey(file: string): string[] {
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file];
  }

  private readable(issued: Issued): Issued {
    chmodSync(issued.key, 0o644);
    issued.pem = readFileSync(issued.certificate, "utf8");
    return issued;
  }

  private run(...args: string[]): void {
    execFileSync(this.openssl, args, { stdio: "pipe", timeout: 20_000 });
  }
}
