/** Parts of the SDK that only serve to debug it. */
interface Debuggable {
  debuggablePromise<T>(promise: Promise<T>, context?: unknown): Promise<T>;
}
interface Log {
  debug(...args: unknown[]): Promise<void>;
}
interface State {
  getStore: () => { leakCandidates: Set<Promise<unknown>> };
}

const done = Promise.resolve();

/**
 * Spares the program the SDK's bookkeeping for its own debugging: a stack trace for each of some twenty promises a resource, and some ten
 * debug messages. They are two thirds of what a resource costs. Unkept promises are still noticed.
 */
export function quietSdk(require: NodeJS.Require): void {
  const debuggable = require("@pulumi/pulumi/runtime/debuggable") as Debuggable;
  const log = require("@pulumi/pulumi/log") as Log;
  const { getStore } = require("@pulumi/pulumi/runtime/state") as State;

  log.debug = () => done;
  debuggable.debuggablePromise = <T>(promise: Promise<T>): Promise<T> => {
    const { leakCandidates } = getStore();
    leakCandidates.add(promise);
    const forget = () => leakCandidates.delete(promise);
    promise.then(forget, forget);
    return promise;
  };
}
