/**
 * Stands in for @grpc/grpc-js inside a one-process preview: servers and clients of the Pulumi SDK meet in memory, without sockets, encoding
 * or event-loop turns for each call. Only what the SDK and @pulumi/policy use is here.
 */

interface MethodDefinition {
  path: string;
  originalName?: string;
}
type ServiceDefinition = Record<string, MethodDefinition>;
type Callback = (error: unknown, response?: unknown) => void;
type Handler = (call: { request: unknown; metadata: Metadata }, callback: Callback) => unknown;

export const status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** Servers by address. */
const servers = new Map<string, Server>();
let nextPort = 1;

export class Metadata {
  private readonly values = new Map<string, unknown[]>();
  set(key: string, value: unknown): void {
    this.values.set(key, [value]);
  }
  add(key: string, value: unknown): void {
    this.values.set(key, [...this.get(key), value]);
  }
  get(key: string): unknown[] {
    return this.values.get(key) ?? [];
  }
  getMap(): Record<string, unknown> {
    return Object.fromEntries([...this.values].map(([key, [value]]) => [key, value]));
  }
}

/** An error as grpc-js hands it to callbacks. */
export class StatusBuilder {
  private readonly built: { code?: number; details?: string; metadata?: Metadata } = {};
  withCode(code: number): this {
    this.built.code = code;
    return this;
  }
  withDetails(details: string): this {
    this.built.details = details;
    return this;
  }
  withMetadata(metadata: Metadata): this {
    this.built.metadata = metadata;
    return this;
  }
  build(): { code?: number; details?: string; metadata?: Metadata } {
    return { ...this.built };
  }
}

/** The SDK makes interceptors for its clients, which need none here. */
export const InterceptingCall = Object;

export const credentials = { createInsecure: () => ({}) };
export const ServerCredentials = { createInsecure: () => ({}) };

export class Server {
  /** The SDK looks here for sockets to unref. */
  readonly http2Servers = new Map<unknown, unknown>();
  private readonly handlers = new Map<string, Handler>();
  private address: string | undefined;

  addService(definition: ServiceDefinition, implementation: Record<string, Handler | undefined>): void {
    for (const [name, method] of Object.entries(definition)) {
      const handler = implementation[name] ?? implementation[method.originalName ?? name];
      if (handler !== undefined) this.handlers.set(method.path, handler.bind(implementation));
    }
  }

  /** Takes any address; with port 0 it draws a number. */
  bindAsync(address: string, _: unknown, callback: (error: Error | null, port: number) => void): void {
    const port = nextPort++;
    this.listen(address.replace(/:0$/, `:${port}`));
    setImmediate(() => callback(null, port));
  }

  listen(address: string): void {
    this.address = address;
    servers.set(address, this);
  }

  start(): void {
    // A server in memory answers as soon as it is bound.
  }

  forceShutdown(): void {
    if (this.address !== undefined) servers.delete(this.address);
  }

  tryShutdown(callback: () => void): void {
    this.forceShutdown();
    callback();
  }

  handler(path: string): Handler | undefined {
    return this.handlers.get(path);
  }
}

function failure(code: number, details: string): Error {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

/** Errors reach clients with code and details, however the handler threw them. */
function normalize(error: unknown): Error {
  const { code, details, message } = error as { code?: number; details?: string; message?: string };
  return failure(typeof code === "number" ? code : status.UNKNOWN, details ?? message ?? String(error));
}

function dispatch(address: string, path: string, request: unknown, callback: Callback): void {
  const server = servers.get(address);
  if (server === undefined) {
    callback(failure(status.UNAVAILABLE, `nothing listens on ${address}`));
    return;
  }
  const handler = server.handler(path);
  if (handler === undefined) {
    callback(failure(status.UNIMPLEMENTED, `${path} is not implemented`));
    return;
  }
  void handler({ request, metadata: new Metadata() }, (error, response) => {
    if (error === null || error === undefined) callback(null, response);
    else callback(normalize(error));
  });
}

/** A client class for a service, as generated code asks for it. */
export function makeGenericClientConstructor(definition: ServiceDefinition): unknown {
  class Client {
    static readonly service = definition;
    constructor(readonly address: string) {}
    close(): void {
      // There is no connection.
    }
    waitForReady(_: unknown, callback: (error?: Error) => void): void {
      callback();
    }
  }
  for (const [name, { path, originalName }] of Object.entries(definition)) {
    const call = function (this: Client, request: unknown, ...rest: unknown[]): unknown {
      const callback = rest.findLast(argument => typeof argument === "function") as Callback | undefined;
      dispatch(this.address, path, request, callback ?? (() => undefined));
      return { cancel: () => undefined, on: () => undefined };
    };
    for (const alias of [name, originalName]) {
      if (alias !== undefined)
        Object.defineProperty(Client.prototype, alias, { value: call, writable: true, configurable: true });
    }
  }
  return Client;
}

const invokeCallback = "/pulumirpc.Callbacks/Invoke";

/** Calls a function that the program offered to the engine: a transform. */
export function callLocal(reference: { target: string; token: string }, request: Uint8Array): Promise<Uint8Array> {
  const message = { getToken: () => reference.token, getRequest: () => request, getRequest_asU8: () => request };
  return new Promise((resolve, reject) => {
    dispatch(reference.target, invokeCallback, message, (error, response) => {
      if (error === null || error === undefined)
        resolve((response as { getResponse_asU8(): Uint8Array }).getResponse_asU8());
      else reject(normalize(error));
    });
  });
}

/** Calls one method of a service in this process. */
export function callService<T>(address: string, path: string, request: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    dispatch(address, path, request, (error, response) => {
      if (error === null || error === undefined) resolve(response as T);
      else reject(normalize(error));
    });
  });
}
