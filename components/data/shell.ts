/**
 * What the generated scripts share. They are POSIX sh, because an image built on Alpine has nothing else, and use only programs that
 * busybox has too.
 */

/** One shell word, whatever it holds. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `name='value'` lines, the only way a setting gets into a script. */
export function assign(variables: Readonly<Record<string, string | number>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(String(value))}`)
    .join("\n");
}

/** Exit status of a refusal that no restart can cure; sysexits(3) calls it EX_CONFIG. */
export const refusedStatus = 78;

/**
 * A whole script: strict mode, `say` and `refuse`, the variables, then the body. Files it makes are nobody else's (umask 077) unless the
 * body says otherwise.
 */
export function script(name: string, variables: Readonly<Record<string, string | number>>, body: string): string {
  return `#!/bin/sh
set -eu
umask 077
export LC_ALL=C
say() { printf '%s ${name}: %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2; }
refuse() { say "$*"; exit ${refusedStatus}; }
${assign(variables)}

${body.trim()}
`;
}

/** Shell function `digest FILE…`: one line that changes when any of the files does. */
export const digestFunction = `
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
`.trim();

/**
 * Shell function `keep_alive FUNCTION SECONDS HEARTBEAT`: calls the function for ever, touches the heartbeat after each round, and ends at
 * once on SIGTERM (a shell would otherwise finish its sleep first).
 */
export const keepAliveFunction = `
keep_alive() {
  trap 'exit 0' TERM INT
  while :; do
    "$1"
    : >"$3"
    sleep "$2" &
    wait $!
  done
}
`.trim();

/**
 * Shell function `supervise SIGNAL COMMAND…`: runs the server as a child and turns whatever the container runtime sends to stop it into the
 * signal that the server wants. Does not depend on an image's STOPSIGNAL, and reaps what the server leaves behind.
 */
export const superviseFunction = `
supervise() {
  signal=$1
  shift
  "$@" &
  server=$!
  trap 'kill -s "$signal" "$server"' TERM INT QUIT
  while :; do
    status=0
    wait "$server" || status=$?
    # A trapped signal ends the wait as well; while the server is there, or dead and not yet waited for, this goes on.
    kill -0 "$server" 2>/dev/null || exit "$status"
  done
}
`.trim();

/** A probe for a steward: its heartbeat is at most two minutes old. */
export function heartbeatProbe(heartbeat: string): string[] {
  return ["/bin/sh", "-c", `find ${quote(heartbeat)} -mmin -2 | grep -q .`];
}
