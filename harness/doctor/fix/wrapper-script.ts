const RUNC_PLACES = ["/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc"];

/**
 * Stands between the engine and runc: takes CAP_SYS_RESOURCE, which this machine withholds even from root, out of
 * what runc is told to grant (else every privileged container fails), and with it the negative out-of-memory
 * scores that only this capability may set. It runs once per container start, in a few milliseconds. The nodes of a
 * cluster use it for their containers too.
 */
export const wrapperScript = (places: readonly string[] = RUNC_PLACES): string => `#!/bin/sh
# Written by Firedrill (harness/doctor/fix). Takes CAP_SYS_RESOURCE out of a container's description, then runs runc.
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
