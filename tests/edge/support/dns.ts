import { createSocket, type Socket } from "node:dgram";

/** A DNS server on loopback, with names that can be added while it runs: what a cluster's is to nginx. */
export class DnsServer {
  readonly addresses = new Map<string, string>();
  /** Names that were asked for. */
  readonly asked = new Set<string>();
  private readonly socket: Socket = createSocket("udp4");

  async start(): Promise<number> {
    this.socket.on("message", (query, { port, address }) => {
      this.socket.send(this.answer(query), port, address);
    });
    await new Promise<void>(resolve => this.socket.bind(0, "127.0.0.1", resolve));
    return this.socket.address().port;
  }

  async stop(): Promise<void> {
    await new Promise<void>(resolve => this.socket.close(resolve));
  }

  /** The query's one question, and an A record for it (RFC 1035, 4.1), or "no such name". */
  private answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString("ascii", at + 1, at + 1 + length));
      at += length + 1;
    }
    const question = query.subarray(12, at + 5);
    const name = labels.join(".").toLowerCase();
    this.asked.add(name);
    const address = this.addresses.get(name);
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(address === undefined ? 0 : 1, 6);
    if (address === undefined) return Buffer.concat([header, question]);
    const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number)]);
    return Buffer.concat([header, question, record]);
  }
}
