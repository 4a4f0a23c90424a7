import type { Writable } from "node:stream";
import type { PreviewErrorDetails } from "../errors.js";
import { harmless } from "../report/style.js";

/** Writes and waits until it is taken. A reader that went away (`| head`) is no failure of ours. */
export function print(stream: Writable, text: string): Promise<void> {
  if (text === "" || stream.destroyed) return Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.write(text, error => {
      if (error && !isClosedPipe(error)) reject(error);
      else resolve();
    });
  });
}

export function isClosedPipe(error: Error & { code?: string }): boolean {
  return error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED";
}

/** `error: …` on one line, where, and what to do about it; the trace only when asked for. */
export function errorText(
  { message, source, hint, trace }: PreviewErrorDetails & { message: string },
  debug: boolean,
): string {
  const place = source ? `${source.file}:${source.line}:${source.column}` : undefined;
  const where = place !== undefined && !message.startsWith(place) ? `${place}: ` : "";
  const lines = [
    `error: ${where}${message}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
    ...(debug && trace !== undefined ? [trace] : []),
  ];
  return `${harmless(lines.join("\n"))}\n`;
}
