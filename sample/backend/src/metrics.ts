import { Counter, collectDefaultMetrics, Gauge, Histogram, register } from "prom-client";

collectDefaultMetrics();

/** Duration of requests, by OpenTelemetry's name for it. */
export const requestDuration = new Histogram({
  name: "http_server_request_duration_seconds",
  help: "Duration of HTTP server requests",
  labelNames: ["http_request_method", "http_route", "http_response_status_code"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

export const liveConnections = new Gauge({
  name: "flowmarine_websocket_connections",
  help: "Open WebSocket connections",
});

export const positionMessages = new Counter({
  name: "flowmarine_position_messages_total",
  help: "Positions that vessels or their providers sent",
  labelNames: ["provider"],
});

export const feedConnected = new Gauge({
  name: "flowmarine_position_feed_connected",
  help: "Whether the connection to a provider of positions stands",
  labelNames: ["provider"],
});

export const metrics = () => register.metrics();
export const metricsType = register.contentType;
