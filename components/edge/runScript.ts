import { withDefaults } from "../lib/compact";
import { filePath, list, whole } from "./check";
import { resolverFile, resolverLine } from "./resolver";

export interface RunScriptArgs {
  /** nginx.conf in the container. */
  conf: string;
  /** Files that nginx reads when it loads its configuration: certificates, keys, CAs. */
  watched: readonly string[];
  /** As in nginx.conf. */
  stateFolder: string;
  /** How often the watched files are compared. @default 30 */
  checkSeconds?: number;
  /** How long it goes on serving after SIGTERM: load balancers still send until they know. @default 5 */
  lingerSeconds?: number;
  /** As in nginx.conf: how long requests may take to finish. @default 30 */
  drainSeconds?: number;
  /** The program. @default "nginx" */
  nginx?: string;
  /** Write nginx's resolver line from this file, for a configuration that names no resolvers. @default none */
  resolvConf?: string;
  /** How long an address is used before it is asked for again. @default 10 */
  resolverSeconds?: number;
}

/** The only copy of these values; a test holds the tags above to them. */
export const runScriptDefaults = {
  checkSeconds: 30,
  lingerSeconds: 5,
  drainSeconds: 30,
  nginx: "nginx",
  resolverSeconds: 10,
};

/**
 * A POSIX shell script that is the container's first process: runs nginx, loads renewed certificates, and stops gracefully.
 *
 * Needs of the image: `sh`, `cat`, `cksum`, `grep`, `mkdir`, `rm`, `sleep` (busybox has them) and nginx. Renewal: when a watched file changes
 * and nginx accepts the result, it reloads; a certificate that it refuses is reported and the old one stays. SIGTERM: linger, let workers end
 * what they have, which `worker_shutdown_timeout` bounds, and stop. Exits with nginx's own code, so that a crash restarts the container.
 *
 * @throws RangeError naming the argument
 */
export function runScript(args: RunScriptArgs): string {
  const { checkSeconds, lingerSeconds, drainSeconds, nginx, resolverSeconds } = withDefaults(runScriptDefaults, args);
  const watched = list("watched", args.watched).map((file, index) => filePath(`watched[${index}]`, file));
  if (nginx !== runScriptDefaults.nginx) filePath("nginx", nginx);
  whole("checkSeconds", checkSeconds, 1, 3600);
  whole("lingerSeconds", lingerSeconds, 0, 600);
  whole("drainSeconds", drainSeconds, 1, 3600);
  whole("resolverSeconds", resolverSeconds, 1, 3600);
  return `#!/bin/sh
# Written by a program: a change here is lost.
set -u
conf='${filePath("conf", args.conf)}'
state='${filePath("stateFolder", args.stateFolder)}'

say() { echo "{\\"time\\":\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\",\\"event\\":\\"$1\\"}"; }
# A file that is gone for a moment counts as a change, not as an error.
sum() { cat ${watched.join(" ")} /dev/null 2>/dev/null | cksum; }

mkdir -p "$state"
# A killed predecessor leaves its sockets behind, and nginx cannot bind to them again.
rm -f "$state"/*.sock
${args.resolvConf === undefined ? "" : resolvers(filePath("resolvConf", args.resolvConf), resolverSeconds)}
watch() {
  refused=
  while sleep ${checkSeconds}; do
    now=$(sum)
    [ "$now" = "$loaded" ] && continue
    if ${nginx} -e stderr -c "$conf" -t -q; then
      kill -HUP "$nginx" && say "certificates reloaded"
      loaded=$now
      refused=
    elif [ "$now" != "$refused" ]; then
      say "certificates refused, the old ones stay"
      refused=$now
    fi
  done
}

# Whether one of the files is there.
remain() {
  for file; do
    [ -e "$file" ] && return
  done
  return 1
}

# Requests that are verified pass through nginx twice, and QUIT closes the socket between the two at once: what has only passed the first would
# fail. A reload leaves the sockets open to new workers, while the old ones end what they have and send their clients elsewhere.
drain() {
  kill "$watcher" 2>/dev/null
  ${nginx} -e stderr -c "$conf" -t -q || return
  old=$(grep -ls "^PPid:.$nginx\$" /proc/[0-9]*/status)
  kill -HUP "$nginx" || return
  seconds=${drainSeconds}
  while [ "$seconds" -gt 0 ] && remain $old; do
    sleep 1
    seconds=$((seconds - 1))
  done
}

nginx='' watcher=''
# Ends with nginx's own code. The wait that was interrupted knows no more than the signal, which is also what exit without a code ends with.
stop() {
  trap '' TERM INT QUIT
  [ -n "$nginx" ] || exit 0
  sleep ${lingerSeconds}
  drain
  kill -QUIT "$nginx" 2>/dev/null
  wait "$nginx"
  exit $?
}
trap stop TERM INT QUIT

# Before nginx reads them: what changes meanwhile is seen as a change.
loaded=$(sum)
${nginx} -e stderr -c "$conf" -g 'daemon off;' &
nginx=$!
watch &
watcher=$!
wait "$nginx"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;
}

/** Turns the pod's resolv.conf into nginx's line. Brackets for IPv6, which has colons of its own. */
function resolvers(file: string, seconds: number): string {
  return `
servers=
while read -r word address rest; do
  [ "$word" = nameserver ] || continue
  case $address in
    *:*) address="[$address]" ;;
  esac
  servers="\${servers:+$servers }$address"
done < '${file}'
echo "${resolverLine(["$servers"], seconds)}" > "$state/${resolverFile}"
`;
}
