import assert from "node:assert/strict";
import { corpora, type Expectation, expectationsOf, verdictOf } from "./corpora/corpus.js";
import { differences } from "./corpora/differences.js";

/** Least share of a corpus's verdicts that must be ours, too; of Pod Security's own, all. */
const leastShare = (corpus: string): number => (corpus === "psa" ? 1 : 0.98);

/** Of fewer cases one difference is more than the share allows: there every difference must be the other tool's fault, and listed as such. */
const canReach = (corpus: string, cases: number): boolean => 1 - 1 / cases >= leastShare(corpus) || corpus === "psa";

const isSame = (one: Expectation): boolean => verdictOf(one) === one.expect;
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

describe("cases that other projects wrote", () => {
  before(function () {
    if (corpora.length > 0) return;
    if (this.test?.parent !== undefined) this.test.parent.title += " [needs ../shared/corpora]";
    this.skip();
  });

  it("are all read, where the folder of corpora is present", () => {
    assert.ok(corpora.length >= 10, `only ${corpora.join(", ")}`);
  });

  it("have no difference listed for a corpus that is not there", () => {
    assert.deepEqual(
      Object.keys(differences).filter(corpus => !corpora.includes(corpus)),
      [],
    );
  });

  for (const corpus of corpora) {
    const expectations = expectationsOf(corpus);
    if (expectations.length === 0) continue;
    const listed = (differences[corpus] ?? []).flatMap(({ cases }) => cases);
    const all = expectations.length;
    const share = `${all - listed.length} of ${all}, ${percent(all - listed.length, all)}, ${listed.length} listed`;

    it(`${corpus}: our rules give the same verdict (${share}), but for those listed with their reason`, () => {
      const differing = expectations.filter(one => !isSame(one)).map(({ key }) => key);
      assert.deepEqual(differing.sort(), [...listed].sort());
    });

    if (canReach(corpus, all))
      it(`${corpus}: at least ${percent(leastShare(corpus), 1)} of its verdicts are ours, too`, () => {
        const same = expectations.filter(isSame).length;
        assert.ok(same / all >= leastShare(corpus), `${same} of ${all}`);
      });
    else
      it(`${corpus}: of its ${all} verdicts at most one is not ours, by a fault of the other tool`, () => {
        assert.ok(expectations.filter(one => !isSame(one)).length <= 1);
      });
  }
});
