import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Traces by OTLP, to where the platform's OTEL_* variables say; none without them. Metrics are not sent this way too: Prometheus reads
 * `/metrics`, and what comes twice is counted twice.
 *
 * @returns sends what is left, for the end of the process
 */
export function startTracing(serviceName: string): () => Promise<void> {
  if (process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] === undefined) return () => Promise.resolve();
  const provider = new TracerProvider({
    // What the platform says of name and pod wins.
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ timeoutMillis: 5000 }) })],
  });
  trace.setGlobalTracerProvider(provider);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  // A collector that is away must not keep the process from ending.
  return () =>
    Promise.race([provider.shutdown(), new Promise<void>(resolve => setTimeout(resolve, 3000).unref())]).catch(
      () => undefined,
    );
}

const spans = new WeakMap<FastifyRequest, Span>();

/** One server span a request, by OpenTelemetry's conventions for HTTP; part of the caller's trace where it has one. */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer("flowmarine");
  app.addHook("onRequest", async request => {
    const parent: Context = propagation.extract(ROOT_CONTEXT, request.headers);
    const route = request.routeOptions.url ?? "";
    const span = tracer.startSpan(
      `${request.method} ${route}`.trimEnd(),
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": request.method, "http.route": route, "url.scheme": "https" },
      },
      parent,
    );
    spans.set(request, span);
  });
  app.addHook("onResponse", async (request, reply) => {
    const span = spans.get(request);
    span?.setAttribute("http.response.status_code", reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
}

/** Under which a log line is found again from a trace. */
export const traceIdOf = (request: FastifyRequest): string | undefined => spans.get(request)?.spanContext().traceId;

/** Work that no request asked for, as a span of its own. */
export async function traced<T>(name: string, work: () => Promise<T>): Promise<T> {
  const span = trace.getTracer("flowmarine").startSpan(name, {}, context.active());
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
