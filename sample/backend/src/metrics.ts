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
export const positionsReceived = new Counter({
  name: "flowmarine_positions_received_total",
  help: "Vessel positions stored",
  labelNames: ["class"],
});
export const positionAge = new Gauge({
  name: "flowmarine_vessel_position_age_seconds",
  help: "Age of the newest position of the vessel heard from least recently, by class",
  labelNames: ["class"],
});

export const metrics = () => register.metrics();
export const metricsType = register.contentType;
