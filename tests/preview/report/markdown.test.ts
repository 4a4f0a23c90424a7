import assert from "node:assert/strict";
import fc from "fast-check";
import { longestComment, marker, renderMarkdown } from "../../../preview/report/markdown.js";
import { code, escapeHtml, escapeMarkdown, link } from "../../../preview/report/markdownText.js";
import { exception, finding, report, rule, run } from "../support/results.js";

const markdown = (...args: Parameters<typeof report>) => renderMarkdown(report(...args));

/** Text outside of code spans and of the tags that we write ourselves. */
function exposed(text: string): string {
  return text
    .replace(/(`+)[^`].*?\1/g, "")
    .replace(/<\/?(details|summary|code|b)( open)?>|<!-- bulkhead -->|\(<https:[^>]*>\)/g, "");
}

const attack =
  "@everyone <img src=x onerror=alert(1)> [a](http://evil.example) | x | `code` ``@me`` fixes #1 GH-2 www.evil.example\n# head\n</details>";

describe("the Markdown comment", () => {
  it("begins with the marker by which it is found again, and the verdict", () => {
    const [first, second] = markdown(run({ findings: [finding()] })).split("\n");
    assert.equal(first, marker);
    assert.match(second ?? "", /^## ❌ Bulkhead: 1 mandatory violation/);
  });

  it("shows what blocks unfolded and folds the rest", () => {
    const text = markdown(run({ findings: [finding(), finding({ rule: "b", level: "advisory" })], rules: [rule()] }));
    assert.match(text, /<details open><summary><code>run-as-non-root<\/code>/);
    assert.match(text, /<details><summary><code>b<\/code>/);
  });

  it("says once what several stacks share", () => {
    const stacks = ["local", "staging"].map(stack => run({ findings: [finding()], stack }, { title: `shop/${stack}` }));
    const text = markdown(stacks);
    assert.equal(text.split("may run as root").length - 1, 1);
    assert.match(text, /may run as root \(shop\/local, shop\/staging\)/);
  });

  it("lists exceptions with owner and last day, and what is to be set", () => {
    const text = markdown(run({ findings: [finding({ exception })], toBeSet: ["shop:password"] }));
    assert.match(text, /Exceptions in force.*an agent of the vendor; platform, until 2030-01-31/s);
    assert.match(text, /To be set before up.*`shop:password`/s);
  });

  it("stays under 65,536 characters by leaving out whole items, and counts them", () => {
    const findings = Array.from({ length: 3000 }, (_, index) =>
      finding({ message: `violation number ${index}`, path: `/${index}` }),
    );
    const text = markdown(run({ findings, outputs: {} }));
    assert.ok(text.length <= longestComment, `${text.length} characters`);
    assert.ok(text.length > longestComment * 0.9, "and uses the room there is");
    const shown = text.split("\n").filter(line => line.startsWith("- ")).length;
    assert.match(text, new RegExp(`${(3000 - shown).toLocaleString("en-US")} items left out`));
    assert.equal(text.split("<details").length, text.split("</details>").length, "every fold is closed");
    assert.match(text.split("\n").findLast(line => line.startsWith("- ")) ?? "", /\(?.*number \d+$/);
  });

  it("keeps its summary however long everything else is", () => {
    const long = "x".repeat(200_000);
    const text = markdown(run({ findings: [finding({ message: long })], logs: [], outputs: { long } }));
    assert.ok(text.length <= longestComment);
    assert.match(text, /\| `shop\/production` \| 3 \| 1 \|/);
  });

  it("makes nothing of hostile text: no HTML, link, mention, reference, table cell, heading", () => {
    const text = markdown(
      run(
        {
          findings: [
            finding({ message: attack, rule: attack }),
            finding({ exception: { ...exception, reason: attack, owner: attack } }),
          ],
          rules: [rule({ id: attack, title: attack, remediation: attack, docs: `https://x.example/) ${attack}` })],
          outputs: { [attack]: attack },
          toBeSet: [attack],
        },
        { title: attack },
      ),
    );
    const shown = exposed(text);
    assert.doesNotMatch(shown, /@(?!\u200b)/, "mention");
    assert.doesNotMatch(shown, /<(?!\/?(details|summary|code)\b)/, "HTML");
    // Inside of <summary> Markdown is not read.
    assert.doesNotMatch(exposed(text.replace(/<summary>.*?<\/summary>/g, "")), /(?<!\\)\]\((?!<)/, "link");
    assert.doesNotMatch(shown, /#\d/, "reference to an issue");
    assert.doesNotMatch(shown, /GH-\d/, "reference to an issue");
    assert.doesNotMatch(shown, /https?:\/\/|www\./, "address");
    assert.doesNotMatch(text, /^# head/m, "heading");
    const rows = text.split("\n").filter(line => line.startsWith("|"));
    assert.deepEqual(
      rows.map(row => row.replaceAll("\\|", "").split("|").length),
      [8, 8, 8],
    );
    const unspanned = text.replace(/(`+)[^`].*?\1/g, "");
    assert.equal(unspanned.split("<details").length, unspanned.split("</details>").length);
  });
});

describe("text in Markdown", () => {
  it("shows as it was written once escaped", () => {
    assert.equal(escapeMarkdown("a_b*c* <d> & [e](f)"), "a\\_b\\*c\\* &lt;d&gt; &amp; \\[e\\](f)");
    assert.equal(escapeHtml(`<a href="x">&`), "&lt;a href=&quot;x&quot;&gt;&amp;");
  });

  it("is code whatever backticks it holds", () => {
    assert.equal(code("a"), "`a`");
    assert.equal(code("a`b``c"), "```a`b``c```");
    assert.equal(code("`a`"), "`` `a` ``");
    assert.equal(code("a|b"), "`a\\|b`");
    assert.equal(code(""), "");
  });

  it("links to web pages only", () => {
    assert.equal(link("x", "https://a.example/b_(c)"), "[x](<https://a.example/b_(c)>)");
    for (const url of ["javascript:alert(1)", "https://a.example/> <b", "data:text/html,x"])
      assert.equal(link("x", url), "x");
  });

  it("never leaves an unescaped special character or a fence that can be closed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), text => {
        const escaped = escapeMarkdown(text);
        assert.doesNotMatch(escaped, /[<>]|@(?!\u200b)|[\r\n]/);
        const plain = escaped.replace(/\\[\\`*_[\]#|~]/g, "");
        assert.doesNotMatch(plain, /[\\`*_[\]|~]/);
        const span = /^(`+)(.*?)\1$/s.exec(code(text));
        if (span) assert.ok(!(span[2] ?? "").split(/[^`]+/).includes(span[1] ?? ""), "the fence is inside");
      }),
    );
  });
});
