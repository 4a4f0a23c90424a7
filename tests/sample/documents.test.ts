import assert from "node:assert/strict";
import { type Api, System } from "./support/system.js";

const pdf = Buffer.from("%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n");
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

describe("the sample's documents", function () {
  this.timeout(300_000);
  let system: System;
  let api: Api;
  let officer: string;
  let admin: string;
  let viewer: string;
  before(async function () {
    system = await System.create(this);
    api = await system.serve();
    [officer, admin, viewer] = (await Promise.all(
      ["officer", "admin", "viewer"].map(async name => (await api.login(name)).accessToken),
    )) as [string, string, string];
  });
  after(() => System.remove(system));

  const upload = (body: Buffer, type: string, name = "Certificate of class.pdf", token = officer) =>
    api.say<{ id: string; error?: string }>("POST", `/api/documents?name=${encodeURIComponent(name)}`, {
      ...{ body, token, headers: { "content-type": type } },
    });

  it("come back as they were sent, byte for byte, and only as a download", async () => {
    const { status, body } = await upload(pdf, "application/pdf", "Prüfbericht №1.pdf");
    assert.equal(status, 201);
    const answer = await api.client.ask({
      path: `/api/documents/${body.id}`,
      headers: { authorization: `Bearer ${officer}` },
    });
    assert.deepEqual(answer.body, pdf);
    assert.equal(answer.headers["content-type"], "application/pdf");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.equal(
      answer.headers["content-disposition"],
      "attachment; filename*=UTF-8''Pr%C3%BCfbericht%20%E2%84%961.pdf",
    );
  });

  it("are their owner's: nobody else lists, reads or deletes one", async () => {
    const { body } = await upload(png, "image/png", "secret.png");
    const path = `/api/documents/${body.id}`;
    assert.equal((await api.say("GET", path, { token: admin })).status, 404);
    assert.equal((await api.say("DELETE", path, { token: admin })).status, 404);
    const listed = await api.say<{ name: string }[]>("GET", "/api/documents", { token: admin });
    assert.ok(!listed.body.some(({ name }) => name === "secret.png"));
    assert.equal((await api.say("DELETE", path, { token: officer })).status, 204);
    assert.equal((await api.say("GET", path, { token: officer })).status, 404);
  });

  it("are what they say they are: the type is checked by the content", async () => {
    const page = Buffer.from("<html><script>alert(1)</script></html>");
    for (const [body, type] of [
      [page, "application/pdf"],
      [page, "text/html"],
      [page, "image/svg+xml"],
      [pdf, "image/png"],
      [Buffer.from("{}"), "application/json"],
      [Buffer.alloc(0), "image/png"],
    ] as const) {
      const { status } = await upload(body, type);
      assert.ok(status === 415 || status === 400, `${type}: ${status}`);
    }
  });

  it("have at most half a MiB: one byte more is refused", async () => {
    const largest = Buffer.concat([pdf, Buffer.alloc(512 * 1024 - pdf.length, "x")]);
    assert.equal((await upload(largest, "application/pdf")).status, 201);
    assert.equal((await upload(Buffer.concat([largest, Buffer.from("x")]), "application/pdf")).status, 413);
  });

  it("have names, not paths", async () => {
    for (const name of [
      "",
      "../etc/passwd",
      "a/b.pdf",
      "a\\b.pdf",
      ".hidden",
      "a\u0000.pdf",
      "a\r\nb.pdf",
      "\u202egnp.exe",
      "x".repeat(121),
    ]) {
      assert.equal((await upload(pdf, "application/pdf", name)).status, 400, JSON.stringify(name));
    }
    assert.equal(
      (
        await api.say("POST", "/api/documents", {
          token: officer,
          body: pdf,
          headers: { "content-type": "application/pdf" },
        })
      ).status,
      400,
    );
  });

  it("are not taken from who may only look, before their content is read", async () => {
    const huge = Buffer.alloc(2 * 1024 * 1024);
    assert.equal((await upload(pdf, "application/pdf", "a.pdf", viewer)).status, 403);
    // Not 413: who may not upload is not asked for the body.
    const refused = await api.client.raw(
      `POST /api/documents?name=a.pdf HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/pdf\r\nContent-Length: ${huge.length}\r\n\r\n`,
    );
    assert.match(refused, /^HTTP\/1\.1 401 /);
  });

  it("are limited in number, so that no user fills the database", async () => {
    const answers: number[] = [];
    for (let number = 0; number < 60 && answers.at(-1) !== 409; number++) {
      answers.push((await upload(png, "image/png", `${number}.png`, admin)).status);
    }
    assert.deepEqual([answers.filter(status => status === 201).length, answers.at(-1)], [50, 409]);
  });
});
