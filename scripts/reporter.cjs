// Mocha's own spec output, and the figures of the suite in a file for scripts/test.mjs.
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

class Figures extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const failed = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, test => skipped.push(test.fullTitle()));
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) =>
      failed.push(`${test.fullTitle()}: ${String(error?.message ?? error).split("\n")[0]}`),
    );
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, duration } = this.stats;
      const file = process.env.FIGURES_FILE;
      if (file !== undefined) writeFileSync(file, JSON.stringify({ passes, failures, duration, skipped, failed }));
      // An end without this process' end: what a test has left running would hold everything up until the suite's time is over.
      const end = () => {
        console.error(`the tests have ended, but something still runs: ${process.getActiveResourcesInfo().join(", ")}`);
        // Mocha gives an exit the status of the tests; this is a failure, though all of them passed.
        process.kill(process.pid, "SIGKILL");
      };
      setTimeout(end, 30_000).unref();
    });
  }
}

module.exports = Figures;
