import assert from "node:assert/strict";
import { onEachNginx, usual } from "./support/suites.js";

onEachNginx("error pages", usual, edge => {
  it("are problem details (RFC 9457) with the request id, whatever the path's extension", async () => {
    const answer = await edge.client.get("/.hidden/photo.png");
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.deepEqual(JSON.parse(answer.body.toString()), {
      type: "about:blank",
      title: "Not Found",
      status: 404,
      requestId: answer.headers["x-request-id"],
    });
  });

  it("leave an upstream's own error page alone", async () => {
    const answer = await edge.client.get("/api/status/503");
    assert.equal(answer.status, 503);
    assert.equal(answer.body.toString(), "upstream\n");
  });

  it("say the edge's own status when the upstream is gone, not a subrequest's", async () => {
    const answer = await edge.client.get("/gone");
    const { status, title } = JSON.parse(answer.body.toString()) as { status: number; title: string };
    assert.deepEqual([status, title], [502, "Bad Gateway"]);
  });

  it("name no version, even where nginx could not read the request", async () => {
    for (const request of ["GET /\0 HTTP/1.1\r\n\r\n", "FOO\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n"]) {
      const text = await edge.client.raw(request);
      assert.match(text, /^HTTP\/1\.1 (?:400|405|505) /, request);
      assert.doesNotMatch(text, /nginx\/|\d+\.\d+\.\d+/, request);
    }
  });
});
