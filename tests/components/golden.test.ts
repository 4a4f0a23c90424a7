import assert from "node:assert/strict";
import { join } from "node:path";
import { at, deploy } from "../support/deploy";
import { everyComponent, urnsBelow } from "../support/everyComponent";
import { formName, forms } from "../support/forms";
import { assertGolden } from "../support/golden";

const hint =
  "A changed URN deletes one object and makes another. Give the child an alias with its old name, or accept it as a breaking change in CHANGELOG.md.";

for (const [kind, { full }] of Object.entries(forms)) {
  describe(kind, () => {
    it("keeps the URN of every object, in its smallest and in its fullest form", async function () {
      // Where the preview is not compiled yet, that comes first.
      this.timeout(180_000);
      const { resources } = await everyComponent();
      const urns = (["minimal", "full"] as const).flatMap(form => [...urnsBelow(resources, formName(kind, form))]);
      assert.ok(urns.length > 2, `${kind} registered nothing`);
      assertGolden(join(__dirname, "golden", `${kind}.json`), urns, hint);
    });

    it("fits twice in one stack", async () => {
      const deployed = await deploy(opts => [full("one", opts), full("two", opts)]);
      const objects = deployed.resources.flatMap(({ type, inputs }) => {
        const name = at(inputs, "metadata.name");
        return typeof name !== "string" ? [] : [`${type} ${String(at(inputs, "metadata.namespace"))}/${name}`];
      });
      const twice = objects.filter((object, index) => objects.indexOf(object) !== index);
      assert.deepEqual(twice, []);
      assert.equal(new Set(deployed.urns()).size, deployed.resources.length);
      const [one, two] = ["one", "two"].map(name => deployed.urns().filter(urn => urn.includes(`::${name}`)).length);
      assert.equal(one, two);
    });
  });
}
