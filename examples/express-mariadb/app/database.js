const { readFileSync } = require("node:fs");
const { createPool } = require("mysql2/promise");

/** A pool for the database that the link describes; TLS, verified against the cluster's authority. */
exports.connect = (env = process.env) =>
  createPool({
    host: env.DATABASE_HOST,
    port: Number(env.DATABASE_PORT),
    user: env.DATABASE_USER,
    password: env.DATABASE_PASSWORD,
    database: env.DATABASE_NAME,
    ssl: { ca: readFileSync(env.DATABASE_CA_FILE), verifyIdentity: true },
    connectionLimit: Number(env.DATABASE_POOL_SIZE),
  });
