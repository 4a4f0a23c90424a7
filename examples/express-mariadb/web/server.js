const { readFileSync, watchFile } = require("node:fs");
const { createServer, request: ask, Agent } = require("node:https");

const { PORT, TLS_CERT_FILE, TLS_KEY_FILE, TLS_CA_FILE, APP_URL } = process.env;
const app = new URL(APP_URL);
const agent = new Agent({ keepAlive: true, ca: readFileSync(TLS_CA_FILE) });

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Notes</title>
<main><h1>Notes</h1><ul id="notes"></ul></main>
<script src="/notes.js"></script>
</html>
`;
// Built from text nodes: a note is shown, never run.
const script = `fetch("/api/notes").then(answer => answer.json()).then(notes => {
  for (const { text } of notes) {
    const item = document.createElement("li");
    item.textContent = text;
    document.getElementById("notes").append(item);
  }
});
`;
const files = {
  "/": ["text/html; charset=utf-8", page],
  "/notes.js": ["text/javascript; charset=utf-8", script],
  "/api/health": ["application/json", '{"status":"ok"}'],
};

/** Hands a request on to the app server, and its answer back. */
function forward(request, response) {
  const { method, url, headers } = request;
  const passed = { ...headers, host: app.host };
  const onward = ask({ host: app.hostname, port: app.port, method, path: url, headers: passed, agent }, answer => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "application/json" }).end('{"error":"unavailable"}');
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

const certificate = () => ({ cert: readFileSync(TLS_CERT_FILE), key: readFileSync(TLS_KEY_FILE) });
const server = createServer({ ...certificate(), keepAliveTimeout: 65_000 }, (request, response) => {
  const [path] = request.url.split("?");
  const file = request.method === "GET" ? files[path] : undefined;
  if (file !== undefined) response.writeHead(200, { "content-type": file[0] }).end(file[1]);
  else if (path.startsWith("/api/")) forward(request, response);
  else response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
});
// Renewal is not a restart.
watchFile(TLS_CERT_FILE, { interval: 10_000 }, () => server.setSecureContext(certificate()));
server.listen(Number(PORT));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
