import assert from "node:assert/strict";
import { FakeGitHub, longestComment } from "./support/fakeGitHub.js";
import { actionModule } from "./support/run.js";

interface Client {
  new (options: {
    apiUrl: string;
    graphqlUrl: string;
    token: string;
    pause: (milliseconds: number) => Promise<void>;
  }): object;
}
type Upsert = (github: object, comment: Record<string, unknown>) => Promise<{ url: string; made: boolean }>;

const marker = "<!-- bulkhead:0123456789abcdef -->";
const bot = "github-actions[bot]";

describe("the comment on a pull request", () => {
  const github = new FakeGitHub();
  let client: Client;
  let upsertWith: Upsert;
  /** Pauses that were asked for, in milliseconds; none is waited for. */
  let pauses: number[] = [];

  before(async () => {
    await github.start();
    client = ((await actionModule("github.mjs")) as { GitHub: Client }).GitHub;
    upsertWith = ((await actionModule("upsert.mjs")) as { upsert: Upsert }).upsert;
  });
  after(() => github.stop());
  beforeEach(() => {
    github.comments.length = 0;
    github.calls.length = 0;
    github.faults.length = 0;
    github.pageSize = 100;
    github.limit = longestComment;
    github.nextOrigin = undefined;
    pauses = [];
  });

  function upsert(text = "verdict", token = "workflow-token"): Promise<{ url: string; made: boolean }> {
    const pause = (milliseconds: number) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    };
    const options = { apiUrl: github.url, graphqlUrl: `${github.url}/graphql`, token, pause };
    const comment = { repository: "acme/shop", number: 7, marker, text, pointer: "the rest", limit: longestComment };
    return upsertWith(new client(options), comment);
  }

  const marked = () => github.comments.filter(({ body }) => body.startsWith(marker));

  it("is one, however often it is written, and says the last verdict", async () => {
    for (const verdict of ["first", "second", "third"]) await upsert(verdict);
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [`${marker}\nthird`],
    );
  });

  for (const [where, before, behind] of [
    ["first of all", 0, 250],
    ["the last of the first page", 99, 151],
    ["the first of the second page", 100, 10],
    ["the last of all", 250, 0],
  ] as const) {
    it(`is found on whatever page it is: ${where}`, async () => {
      for (let index = 0; index < before; index++) github.add(`remark ${index}`, "reviewer");
      const { id } = github.add(`${marker}\nold`, bot);
      for (let index = 0; index < behind; index++) github.add(`remark ${index}`, "reviewer");
      await upsert("new");
      assert.deepEqual(
        marked().map(comment => [comment.id, comment.body]),
        [[id, `${marker}\nnew`]],
      );
      assert.equal(github.count("POST"), 0);
    });
  }

  it("never overwrites what somebody else wrote with the same marker, nor what only quotes it", async () => {
    const others = [
      github.add(`${marker}\nforged`, "mallory"),
      github.add(`${marker}\nforged by another app`, "other-app[bot]"),
      github.add(`${marker}\nof an account that is gone`, null),
      github.add(`> ${marker}\nquoted`, bot),
    ].map(({ body }) => body);
    const { made } = await upsert("ours");
    assert.ok(made);
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [...others, `${marker}\nours`],
    );
  });

  it("is found again under the account of whatever token is given", async () => {
    for (const [token, login] of [
      ["person", "octocat"],
      ["app", "acme-policy[bot]"],
    ] as const) {
      github.accounts.set(token, login);
      github.comments.length = 0;
      await upsert("a", token);
      await upsert("b", token);
      assert.deepEqual(
        github.comments.map(({ body, user }) => [body, user?.login]),
        [[`${marker}\nb`, login]],
      );
    }
  });

  it("belongs to the workflow's own account where the token may not ask whose it is", async () => {
    const { id } = github.add(`${marker}\nold`, bot);
    github.faults.push(({ path }) => (path === "/graphql" ? { status: 403, message: "Forbidden" } : undefined));
    await upsert("new");
    assert.deepEqual(
      github.comments.map(comment => comment.id),
      [id],
    );
  });

  it("becomes one again after two runs at once made two", async () => {
    github.add(`${marker}\none`, bot);
    github.add("between", "reviewer");
    github.add(`${marker}\ntwo`, bot);
    await upsert("three");
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [`${marker}\nthree`, "between"],
    );
  });

  it("is made once although the answer to making it was lost", async () => {
    github.failOnce("POST", { drop: "after" });
    await upsert("lost");
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [`${marker}\nlost`],
    );
    assert.equal(github.count("POST"), 1);
  });

  for (const fault of [{ drop: "before" as const }, { status: 500 }, { status: 502 }, { status: 503 }]) {
    for (const method of ["GET", "POST", "PATCH"]) {
      it(`survives ${JSON.stringify(fault)} on ${method}`, async () => {
        if (method === "PATCH") github.add(`${marker}\nold`, bot);
        github.failOnce(method, fault);
        await upsert("kept");
        assert.deepEqual(
          github.comments.map(({ body }) => body),
          [`${marker}\nkept`],
        );
      });
    }
  }

  it("gives up on a server that stays broken, after longer and longer pauses", async () => {
    for (let index = 0; index < 50; index++) github.failOnce("GET", { status: 503, message: "Unavailable" });
    await assert.rejects(upsert(), /503 Unavailable/);
    assert.deepEqual(pauses, [500, 1000, 2000]);
    github.faults.length = 0;
    github.calls.length = 0;
    for (let index = 0; index < 50; index++) github.failOnce("POST", { status: 500 });
    await assert.rejects(upsert(), /500/);
    assert.ok(github.count("POST") <= 8, `${github.count("POST")} tries`);
  });

  const inTwoMinutes = () => String(Math.ceil(Date.now() / 1000) + 60);
  for (const [what, fault, least, most] of [
    ["429 with Retry-After", { status: 429, headers: { "retry-after": "7" } }, 7000, 7000],
    ["403 with Retry-After", { status: 403, headers: { "retry-after": "3" } }, 3000, 3000],
    ["a secondary rate limit", { status: 403, message: "You have exceeded a secondary rate limit" }, 60_000, 60_000],
    [
      "a spent rate limit",
      { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": inTwoMinutes() } },
      1,
      61_000,
    ],
  ] as const) {
    it(`waits as long as it is told to: ${what}`, async () => {
      github.failOnce("POST", fault);
      await upsert("patient");
      assert.equal(pauses.length, 1);
      assert.ok(pauses[0]! >= least && pauses[0]! <= most, `${pauses[0]} ms`);
      assert.equal(github.comments.length, 1);
    });
  }

  it("does not wait an hour for a rate limit", async () => {
    github.failOnce("GET", { status: 429, headers: { "retry-after": "3600" }, message: "slow down" });
    await assert.rejects(upsert(), /rate limit: 429 slow down/);
    assert.deepEqual(pauses, []);
  });

  it("does not repeat what is forbidden", async () => {
    github.failOnce("POST", { status: 403, message: "Resource not accessible by integration" });
    await assert.rejects(upsert(), /403 Resource not accessible by integration/);
    assert.equal(github.count("POST"), 1);
  });

  it("is made anew where somebody deletes it at the same moment", async () => {
    const { id } = github.add(`${marker}\nold`, bot);
    github.faults.push(({ method }) => {
      if (method !== "PATCH") return undefined;
      github.comments.length = 0;
      return { status: 404, message: "Not Found" };
    });
    const { made } = await upsert("again");
    assert.ok(made);
    assert.notEqual(github.comments[0]?.id, id);
  });

  it("never sends the token to another server, whatever the next page is said to be", async () => {
    const other = new FakeGitHub();
    await other.start();
    try {
      github.pageSize = 1;
      github.nextOrigin = other.url;
      for (let index = 0; index < 3; index++) github.add("remark", "reviewer");
      await upsert();
      assert.equal(other.calls.length, 0);
    } finally {
      await other.stop();
    }
  });

  it("is cut at a whole line where it is too long, closes what is open, and says where the rest is", async () => {
    const item = "- `index.ts:12` container may run as root\n";
    await upsert(`## ❌ many\n\n<details open><summary>rule</summary>\n\n${item.repeat(3000)}\n</details>\n`);
    const { body } = github.comments[0]!;
    assert.ok(body.length <= longestComment && body.length > longestComment * 0.95, `${body.length} characters`);
    assert.match(body, /may run as root\n\n<\/details>\n\nthe rest$/);
    assert.equal(body.split("<details").length, body.split("</details>").length);
  });

  it("becomes shorter where the server takes less than it says", async () => {
    github.limit = 20_000;
    await upsert("line\n".repeat(12_000));
    const { body } = github.comments[0]!;
    assert.ok(body.length <= 20_000, `${body.length} characters`);
    assert.match(body, /line\n\nthe rest$/);
  });
});
