const { connect } = require("./database.js");

/** Runs before each rollout. Only adds, so that the version before still works. */
async function migrate() {
  const pool = connect();
  await pool.query(
    "CREATE TABLE IF NOT EXISTS note (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(500) NOT NULL, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
  );
  await pool.end();
}

migrate().catch(error => {
  console.error(`migration failed: ${error.code ?? error.message}`);
  process.exit(1);
});
