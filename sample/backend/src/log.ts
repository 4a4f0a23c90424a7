import { pino } from "pino";

/** One JSON object a line, with the field names of OpenTelemetry's log data model. Credentials never get in. */
export const log = pino({
  level: process.env["LOG_LEVEL"] ?? "info",
  messageKey: "message",
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  formatters: { level: label => ({ severity: label.toUpperCase() }), bindings: () => ({}) },
  redact: ["req.headers.authorization", "req.headers.cookie", "*.password", "*.accessToken", "*.refreshToken"],
});

// What Node itself would print in a form of its own.
process.removeAllListeners("warning");
process.on("warning", ({ name, message }) => log.warn({ warning: name }, message));
process.on("uncaughtException", error => {
  log.fatal({ stack: error.stack }, error.message);
  process.exit(1);
});
