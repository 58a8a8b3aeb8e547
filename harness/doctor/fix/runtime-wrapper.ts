import { DAEMON_JSON } from "./facts.ts";
import type { Machine } from "./machine.ts";

const WRAPPER = "/usr/local/lib/firedrill/runc-without-sys-resource";
const RUNC_PLACES = ["/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc"];

/**
 * Stands between the engine and runc: takes CAP_SYS_RESOURCE, which this machine withholds even from root, out of
 * what runc is told to grant (else every privileged container fails), and with it the negative out-of-memory
 * scores that only this capability may set. It runs once per container start, in a few milliseconds.
 */
export const wrapperScript = (places: readonly string[] = RUNC_PLACES): string => `#!/bin/sh
# Written by "firedrill doctor --fix". Takes CAP_SYS_RESOURCE out of a container's description, then runs runc.
spec= before=
for word in "$@"; do
  case "$before" in
    --bundle|-b) spec="$word/config.json" ;;
    --process|-p) spec="$word" ;;
  esac
  case "$word" in
    --bundle=*) spec="\${word#*=}/config.json" ;;
    --process=*) spec="\${word#*=}" ;;
  esac
  before="$word"
done
if [ -n "$spec" ] && [ -f "$spec" ]; then
  jq -c '
    def lighten:
      (if .capabilities then .capabilities |= map_values(map(select(. != "CAP_SYS_RESOURCE"))) else . end)
      | (if (.oomScoreAdj // 0) < 0 then .oomScoreAdj = 0 else . end);
    if .process then .process |= lighten else lighten end
  ' "$spec" > "$spec.lighter" && cat "$spec.lighter" > "$spec"
  rm -f "$spec.lighter"
fi
for runc in ${places.join(" ")}; do
  if [ -x "$runc" ]; then exec "$runc" "$@"; fi
done
echo "runc is not installed" >&2
exit 127
`;

const CONFIG = {
  runtimes: { "runc-without-sys-resource": { path: WRAPPER } },
  "default-runtime": "runc-without-sys-resource",
};

/** Writes the wrapper, and a daemon.json that names it. Only ever called where there is no daemon.json. */
export async function writeRuntimeWrapper(machine: Pick<Machine, "write">): Promise<void> {
  await machine.write(WRAPPER, wrapperScript(), 0o755);
  await machine.write(DAEMON_JSON, `${JSON.stringify(CONFIG, null, 2)}\n`, 0o644);
}
