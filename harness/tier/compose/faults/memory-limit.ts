import type { Target } from "./target.ts";
import { runHelper, succeeded, type Toolbox } from "./toolbox.ts";

/**
 * `$1`: the container's first process on the engine's host, `$2`: the container's id, `$3`: the new limit, or nothing to
 * read. The process must still be in the container: numbers are used again. Version 2 of control groups has one hierarchy
 * (`0::PATH`), version 1 one for memory (`N:memory:PATH`); cgroups(7).
 */
const LIMIT = `
set -e
grep -q "$2" "/proc/$1/cgroup"
path=$(sed -n 's/^[0-9]*:memory://p' "/proc/$1/cgroup")
if [ -n "$path" ]; then file="/host-cgroup/memory$path/memory.limit_in_bytes"
else file="/host-cgroup$(sed -n 's/^0:://p' "/proc/$1/cgroup")/memory.max"; fi
if [ -n "$3" ]; then echo "$3" > "$file"; fi
cat "$file"`;

/** The limit as the kernel prints it: bytes, or `max`. */
export function readMemoryLimit(toolbox: Toolbox, target: Pick<Target, "id" | "info">): Promise<string> {
  return limit(toolbox, target, "");
}

/** Sets the limit for this life of the container. @throws RUN_FAULT below what it uses */
export async function writeMemoryLimit(
  toolbox: Toolbox,
  target: Pick<Target, "id" | "info">,
  value: string,
): Promise<void> {
  await limit(toolbox, target, value);
}

async function limit(toolbox: Toolbox, { id, info }: Pick<Target, "id" | "info">, value: string) {
  const result = await runHelper(toolbox, ["sh", "-c", LIMIT, "limit", String(info.State.Pid), id, value], {
    PidMode: "host",
    UsernsMode: "host",
    CgroupnsMode: "host",
    NetworkMode: "none",
    Binds: [`/sys/fs/cgroup:/host-cgroup${value === "" ? ":ro" : ""}`],
  } as Parameters<typeof runHelper>[2]);
  return succeeded("the memory limit", result).split("\n").at(-1) ?? "";
}
