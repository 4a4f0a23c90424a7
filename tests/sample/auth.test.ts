import assert from "node:assert/strict";
import { type Api, System, type Tokens } from "./support/system.js";

const parts = (token: string) => token.split(".");
const decoded = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString()) as Record<string, unknown>;
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("the sample's users", function () {
  this.timeout(300_000);
  let system: System;
  let api: Api;
  before(async function () {
    system = await System.create(this);
    api = await system.serve();
  });
  after(() => System.remove(system));

  const refresh = (refreshToken: string) => api.say<Tokens>("POST", "/api/auth/refresh", { body: { refreshToken } });
  const vessels = async (token: string) => (await api.say("GET", "/api/vessels", { token })).status;

  it("sign in with their password and read the fleet", async () => {
    const { accessToken } = await api.login("viewer");
    const { status, body } = await api.say<{ name: string }[]>("GET", "/api/vessels", { token: accessToken });
    assert.equal(status, 200);
    assert.deepEqual(
      body.map(({ name }) => name),
      ["Aurora", "Borealis", "Calypso", "Dorado"],
    );
  });

  it("are told the same whether the name or the password is wrong", async () => {
    const wrong = await Promise.all(
      [
        { name: "viewer", password: "wrong password" },
        { name: "nobody", password: "wrong password" },
      ].map(body => api.say("POST", "/api/auth/login", { body })),
    );
    assert.deepEqual(
      wrong.map(({ status, body }) => [status, body]),
      Array.from({ length: 2 }, () => [401, { error: "wrong name or password" }]),
    );
  });

  it("renew their tokens, each refresh token once", async () => {
    const first = await api.login("viewer");
    const second = await refresh(first.refreshToken);
    assert.equal(second.status, 200);
    assert.notEqual(second.body.refreshToken, first.refreshToken);
    assert.equal(await vessels(second.body.accessToken), 200);
    assert.equal((await refresh(second.body.refreshToken)).status, 200);
  });

  it("lose the session when a refresh token comes a second time: it, or its successor, was stolen", async () => {
    const first = await api.login("viewer");
    const second = await refresh(first.refreshToken);
    assert.equal((await refresh(first.refreshToken)).status, 401);
    assert.equal((await refresh(second.body.refreshToken)).status, 401);
  });

  it("keep their other sessions then", async () => {
    const [stolen, other] = [await api.login("viewer"), await api.login("viewer")];
    await refresh(stolen.refreshToken);
    await refresh(stolen.refreshToken);
    assert.equal((await refresh(other.refreshToken)).status, 200);
  });

  it("get new tokens for one of ten attempts at once with the same refresh token, at most", async () => {
    const { refreshToken } = await api.login("viewer");
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1);
    assert.ok(answers.every(({ status }) => status === 200 || status === 401));
  });

  it("sign out: the refresh token is worth nothing from then on", async () => {
    const { refreshToken } = await api.login("viewer");
    assert.equal((await api.say("POST", "/api/auth/logout", { body: { refreshToken } })).status, 204);
    assert.equal((await refresh(refreshToken)).status, 401);
  });

  it("are not signed out by somebody who only knows their session's name", async () => {
    const { refreshToken } = await api.login("viewer");
    const session = refreshToken.split(".")[0] ?? "";
    await api.say("POST", "/api/auth/logout", { body: { refreshToken: `${session}.invented` } });
    assert.equal((await refresh(refreshToken)).status, 200);
  });

  it("leave no refresh token and no password in the cache", async () => {
    const { refreshToken } = await api.login("viewer");
    const stored = await system.cache.send("SCAN 0 COUNT 10000");
    const [session = "", secret = ""] = refreshToken.split(".");
    assert.ok(stored.includes(session));
    assert.ok(!stored.includes(secret));
  });

  it("cannot change what their token says", async () => {
    const [header, payload, signature] = parts((await api.login("viewer")).accessToken);
    const promoted = encoded({ ...decoded(payload), role: "admin" });
    const forged = [
      [header, promoted, signature],
      [encoded({ alg: "none" }), promoted, ""],
      [encoded({ alg: "HS512" }), payload, signature],
      [header, encoded({ ...decoded(payload), exp: 1 }), signature],
      [header, payload],
      ["", "", ""],
    ];
    for (const token of forged) assert.equal(await vessels(token.join(".")), 401, token.join("."));
    assert.equal((await api.say("GET", "/api/vessels")).status, 401);
  });

  it("may do what their role allows, and are told when it does not", async () => {
    const requisition = { reference: "roles", imo: 9074729, part: "Impeller", quantity: 1 };
    const created = async (name: string) => {
      const { accessToken: token } = await api.login(name);
      return (await api.say("POST", "/api/requisitions", { token, body: requisition })).status;
    };
    assert.deepEqual([await created("viewer"), await created("officer"), await created("admin")], [403, 201, 201]);
  });

  it("are known to the edge by id and tier, and to nobody without a token", async () => {
    const { accessToken: token } = await api.login("admin");
    const { status, headers } = await api.say("GET", "/api/auth/verify", { token });
    assert.deepEqual([status, headers["x-auth-tier"]], [204, "premium"]);
    assert.equal(headers["x-auth-user"], decoded(parts(token)[1])["sub"]);
    assert.equal((await api.say("GET", "/api/auth/verify")).status, 401);
  });

  it("get no sixteen-byte key: the server refuses to start with a guessable one", async () => {
    const weak = system.run("server", { PORT: "1", JWT_SECRET: "sixteen bytes ok" });
    assert.equal(await weak.exit(), 1);
    assert.match(weak.log, /JWT_SECRET must have at least 32 bytes/);
    assert.ok(!weak.log.includes("sixteen bytes ok"));
  });

  it("are never seeded in production, nor with a short password", async () => {
    for (const env of [{ ENVIRONMENT: "production" }, { ENVIRONMENT: "" }, { SEED_PASSWORD: "short" }]) {
      const seed = system.run("seed", { SEED_PASSWORD: "long enough a password", ...env });
      assert.equal(await seed.exit(), 1, JSON.stringify(env));
      assert.match(seed.log, /not seeded/);
    }
    assert.equal(await vessels((await api.login("viewer")).accessToken), 200);
  });
});
