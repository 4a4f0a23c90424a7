import assert from "node:assert/strict";
import { join } from "node:path";
import { literal, type Member, membersOf, root, sourceFiles } from "../support/declarations";

const members = sourceFiles("components").flatMap(membersOf);

/** The defaults of an interface: `WebServiceArgs` → `webServiceDefaults`, `Quota` → `quotaDefaults`, in the same file. */
async function defaultsOf({ file, interface: name }: Member): Promise<Record<string, unknown> | undefined> {
  const stem = name.replace(/Args$/, "");
  const module = (await import(join(root, file))) as Record<string, unknown>;
  return module[`${stem.charAt(0).toLowerCase()}${stem.slice(1)}Defaults`] as Record<string, unknown> | undefined;
}

const show = ({ file, interface: name, name: member }: Member) => `${file}: ${name}.${member}`;

describe("the tags of arguments", () => {
  it("say for every optional one what it is when it is left out", () => {
    const silent = members.filter(m => m.interface.endsWith("Args") && m.isOptional && !m.default);
    assert.deepEqual(silent.map(show), []);
  });

  it("say nothing of a default where an argument is required", () => {
    assert.deepEqual(
      members.filter(m => !m.isOptional && m.default !== undefined && m.interface.endsWith("Args")).map(show),
      [],
    );
  });

  it("say, where they name a value, the one that the code uses", async () => {
    let compared = 0;
    const wrong: string[] = [];
    for (const member of members.filter(m => m.isOptional && m.default !== undefined)) {
      const said = literal(member.default ?? "");
      const defaults = await defaultsOf(member);
      if (said === undefined) continue;
      if (defaults === undefined || !Object.hasOwn(defaults, member.name)) {
        // Only a component's own arguments must keep their values as data; parts of parts may use a parameter's default.
        if (defaults !== undefined) wrong.push(`${show(member)}: says ${member.default}, and the defaults say nothing`);
        continue;
      }
      compared += 1;
      try {
        assert.deepEqual(defaults[member.name], said);
      } catch {
        wrong.push(`${show(member)}: says ${member.default}, is ${JSON.stringify(defaults[member.name])}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(compared >= 40, `only ${compared} values compared`);
  });

  it("leave no default unsaid that the code has", async () => {
    const unsaid: string[] = [];
    for (const member of members.filter(m => m.isOptional && m.default === undefined)) {
      const defaults = await defaultsOf(member);
      if (defaults !== undefined && Object.hasOwn(defaults, member.name)) unsaid.push(show(member));
    }
    assert.deepEqual(unsaid, []);
  });

  it("are read as values only where they are values", () => {
    assert.deepEqual(
      [
        '"a"',
        "-1.5",
        "8_192",
        "true",
        "[1, 'b']",
        '{ a: 1, "b-c": [] }',
        "none",
        "4 × cpuMillis",
        "[x]",
        "{ ...a }",
        "",
      ].map(literal),
      ["a", -1.5, 8192, true, [1, "b"], { a: 1, "b-c": [] }, undefined, undefined, undefined, undefined, undefined],
    );
  });
});
