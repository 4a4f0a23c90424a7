const { connect } = require("./database.js");

/** Network rules take a moment to reach a new pod: waits a minute at most for the first answer. */
async function reachable(pool, deadline = Date.now() + 60_000) {
  for (;;) {
    try {
      return await pool.query("SELECT 1");
    } catch (error) {
      const isNetwork = ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND", "EAI_AGAIN"].includes(
        error.code,
      );
      if (!isNetwork || Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
  }
}

/** Runs before each rollout. Only adds, so that the version before still works. */
async function migrate() {
  const pool = connect();
  await reachable(pool);
  await pool.query(
    "CREATE TABLE IF NOT EXISTS note (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(500) NOT NULL, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
  );
  await pool.end();
}

migrate().catch(error => {
  console.error(`migration failed: ${error.code ?? error.message}`);
  process.exit(1);
});
