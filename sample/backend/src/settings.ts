/** The environment variables that the platform gives: links, certificate, secrets. */

/** @throws Error naming the variable that is missing */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
  return value;
}

export const tls = () => ({
  certFile: required("TLS_CERT_FILE"),
  keyFile: required("TLS_KEY_FILE"),
  caFile: required("TLS_CA_FILE"),
});

export const database = () => ({
  host: required("DATABASE_HOST"),
  port: Number(required("DATABASE_PORT")),
  database: required("DATABASE_NAME"),
  user: required("DATABASE_USER"),
  password: required("DATABASE_PASSWORD"),
});

export const cache = () => ({
  host: required("CACHE_HOST"),
  port: Number(required("CACHE_PORT")),
  username: required("CACHE_USER"),
  password: required("CACHE_PASSWORD"),
});

export const service = () => ({
  port: Number(required("PORT")),
  jwtSecret: new TextEncoder().encode(required("JWT_SECRET")),
  logLevel: process.env["LOG_LEVEL"] ?? "info",
});
