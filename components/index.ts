// The public list. tests/components/index.test.ts compares it with the folders.
export * from "./app/availability.js";
export * from "./app/heartbeat.js";
export * from "./app/migration.js";
export type { Rollout } from "./app/rollout.js";
export * from "./app/scheduledJob.js";
export * from "./app/webService.js";
export * from "./app/worker.js";
export type { WorkloadArgs } from "./app/workload.js";
export * from "./images/catalogue.js";
export * from "./images/containerImage.js";
export * from "./images/image.js";
export * from "./lib/apiAccess.js";
export { Component, type ComponentArgs, type Transform } from "./lib/component.js";
export type { Exception } from "./lib/exceptions.js";
export * from "./network/certificateAuthority.js";
export { type Egress, type Link, type Linkable, withPrefix } from "./network/link.js";
export * from "./network/secureNamespace.js";
