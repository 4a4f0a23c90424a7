const { readFileSync, watchFile } = require("node:fs");
const { createServer } = require("node:https");
const express = require("express");
const { connect } = require("./database.js");

const { PORT, TLS_CERT_FILE, TLS_KEY_FILE } = process.env;
const pool = connect();
const app = express();
app.disable("x-powered-by");
app.use(express.json({ limit: "16kb" }));

app.get("/api/health", async (_request, response) => {
  await pool.query("SELECT 1");
  response.json({ status: "ok" });
});

app.get("/api/notes", async (_request, response) => {
  const [notes] = await pool.query("SELECT id, text FROM note ORDER BY id DESC LIMIT 50");
  response.json(notes);
});

app.post("/api/notes", async (request, response) => {
  const { text } = request.body ?? {};
  if (typeof text !== "string" || text.trim() === "" || text.length > 500) {
    response.status(400).json({ error: "text must have 1 to 500 characters" });
    return;
  }
  const [{ insertId }] = await pool.execute("INSERT INTO note (text) VALUES (?)", [text]);
  response.status(201).json({ id: insertId, text });
});

// What went wrong is for the log; a client learns that it did, or which of its own mistakes it was.
app.use((error, _request, response, _next) => {
  const status = error.status >= 400 && error.status < 500 ? error.status : 503;
  if (status === 503) console.error(`request failed: ${error.code ?? error.message}`);
  response.status(status).json({ error: status === 503 ? "unavailable" : "bad request" });
});

const certificate = () => ({ cert: readFileSync(TLS_CERT_FILE), key: readFileSync(TLS_KEY_FILE) });
// Longer than the edge keeps idle connections, so that it is never this side that closes one in use.
const server = createServer({ ...certificate(), keepAliveTimeout: 65_000 }, app);
// Renewal is not a restart.
watchFile(TLS_CERT_FILE, { interval: 10_000 }, () => server.setSecureContext(certificate()));
server.listen(Number(PORT));

process.on("SIGTERM", () => {
  server.close(() => void pool.end().then(() => process.exit(0)));
  server.closeIdleConnections();
});
