import { script } from "./shell.js";

/**
 * Makes the passwords that never leave the pod: of the exporter, and of whoever else logs in from beside the server. They are random, live in
 * an emptyDir in memory, and are in no state, Secret or setting. Runs as an init container, so every container finds them. Group-readable:
 * the containers share fsGroup, not the uid.
 */
export function credentialsScript(folder: string, names: readonly string[]): string {
  return script(
    "credentials",
    { FOLDER: folder },
    `
umask 027
for name in ${names.join(" ")}; do
  [ -s "$FOLDER/$name" ] && continue
  head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >"$FOLDER/.$name"
  mv "$FOLDER/.$name" "$FOLDER/$name"
done
`,
  );
}
