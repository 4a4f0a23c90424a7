import { script } from "./shell";

/**
 * Makes the passwords that never leave the pod: of the exporter, and of whoever else logs in from beside the server. They are random, live in
 * an emptyDir in memory, and are in no state, Secret or setting. Runs as an init container, so every container finds them. Group-readable:
 * the containers share fsGroup, not the uid. Each name has a folder of its own with its `password`, so that a container can be given one.
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
  [ ! -s "$FOLDER/$1/password" ] || return 0
  mkdir -p "$FOLDER/$1"
  head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >"$FOLDER/$1/.password"
  mv "$FOLDER/$1/.password" "$FOLDER/$1/password"
}
${names.map(name => `ensure ${name}`).join("\n")}
${more.trim()}
`,
  );
}
