// The public list. tests/components/index.test.ts compares it with the folders.
export * from "./app/availability.js";
export * from "./app/webService.js";
export * from "./images/catalogue.js";
export * from "./images/image.js";
export { Component, type ComponentArgs, type Transform } from "./lib/component.js";
export type { Exception } from "./lib/exceptions.js";
export * from "./network/certificateAuthority.js";
export { type Egress, type Link, type Linkable, withPrefix } from "./network/link.js";
export * from "./network/secureNamespace.js";
