/** What files of a web site are, by extension: all that is served, so that no image's own list decides. */
export const contentTypes: Readonly<Record<string, readonly string[]>> = {
  "text/html": ["html", "htm"],
  "text/css": ["css"],
  "text/javascript": ["js", "mjs"],
  "text/plain": ["txt"],
  "text/xml": ["xml"],
  "text/csv": ["csv"],
  "application/json": ["json", "map"],
  "application/manifest+json": ["webmanifest"],
  "application/geo+json": ["geojson"],
  "application/wasm": ["wasm"],
  "application/pdf": ["pdf"],
  "image/svg+xml": ["svg"],
  "image/png": ["png"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
  "image/avif": ["avif"],
  "image/x-icon": ["ico"],
  "font/woff": ["woff"],
  "font/woff2": ["woff2"],
  "font/ttf": ["ttf"],
  "video/mp4": ["mp4"],
  "video/webm": ["webm"],
  "audio/mpeg": ["mp3"],
};

/** Extensions of files, as opposed to pages: where one is missing, it is not found. */
export const assetExtensions: readonly string[] = Object.values(contentTypes)
  .flat()
  .filter(extension => extension !== "html" && extension !== "htm");
