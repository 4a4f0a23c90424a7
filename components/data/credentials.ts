import { script } from "./shell.js";

/**
 * Makes the passwords that never leave the pod: of the exporter, and of whoever else logs in from beside the server. They are random, live in
 * an emptyDir in memory, and are in no state, Secret or setting. Runs as an init container, so every container finds them. Group-readable:
 * the containers share fsGroup, not the uid.
 *
 * @param more what else to make of them, in shell, with $FOLDER
 */
export function credentialsScript(folder: string, names: readonly string[], more = ""): string {
  return script(
    "credentials",
    { FOLDER: folder },
    `
umask 027
ensure() {
  [ ! -s "$FOLDER/$1" ] || return 0
  head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >"$FOLDER/.$1"
  mv "$FOLDER/.$1" "$FOLDER/$1"
}
${names.map(name => `ensure ${name}`).join("\n")}
${more.trim()}
`,
  );
}
