import assert from "node:assert/strict";
import { corpora, expectationsOf, verdictOf } from "./corpora/corpus.js";
import { differences } from "./corpora/differences.js";

/** Least share of a corpus's verdicts that must be the same; Pod Security's own are all. */
const leastShare = 0.98;

describe("cases that other projects wrote", () => {
  before(function () {
    if (corpora.length > 0) return;
    if (this.test?.parent !== undefined) this.test.parent.title += " [needs ../shared/corpora]";
    this.skip();
  });

  it("are all read, where the folder of corpora is present", () => {
    assert.ok(corpora.length >= 10, `only ${corpora.join(", ")}`);
  });

  for (const corpus of corpora) {
    const expectations = expectationsOf(corpus);
    if (expectations.length === 0) continue;
    it(`${corpus}: our rules give the same verdict in ${expectations.length} cases, but for those listed with their reason`, () => {
      const differing = expectations.filter(one => verdictOf(one) !== one.expect).map(({ key }) => key);
      const listed = (differences[corpus] ?? []).flatMap(({ cases }) => cases);
      assert.deepEqual(differing.sort(), [...listed].sort());
    });

    // Of fewer cases a single difference is more than one in a hundred: there the list above is the measure.
    if (expectations.length < 100) continue;
    const least = corpus === "psa" ? 1 : leastShare;
    it(`${corpus}: at least ${least * 100} % of its verdicts are ours, too`, () => {
      const same = expectations.filter(one => verdictOf(one) === one.expect).length;
      assert.ok(same / expectations.length >= least, `${same} of ${expectations.length}`);
    });
  }
});
