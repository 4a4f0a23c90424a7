import { type Lines } from "./syntax";

/** Types worth compressing, besides text/html, which nginx always takes. Images, fonts in woff2 and archives are compressed already. */
const types = [
  ...["text/css", "text/javascript", "text/plain", "text/xml", "application/javascript", "application/json"],
  ...["application/geo+json", "application/problem+json", "application/manifest+json", "application/wasm"],
  ...["application/xml", "image/svg+xml"],
];

/** At http level. Below 1 KiB compression saves nothing: an answer that small fits into one packet anyway. */
export const compression: Lines = [
  "gzip on;",
  "gzip_comp_level 5;",
  "gzip_min_length 1024;",
  "gzip_proxied any;",
  "gzip_vary on;",
  `gzip_types ${types.join(" ")};`,
];
