import type { Injector } from "../../../fault/injector.ts";
import { blow } from "./blow.ts";
import type { ComposeFaultContext } from "./context.ts";
import { runningTargets, type Target } from "./target.ts";
import { runHelper, succeeded, toolboxFor } from "./toolbox.ts";

/**
 * `$1` is the number of the container's first process on the engine's host, `$2` the container's id: the number is used
 * only if the process is still in that container, because numbers are used again.
 */
const KILL_FIRST_PROCESS = `grep -q "$2" "/proc/$1/cgroup" && kill -9 "$1"`;

/**
 * SIGKILL to a container's first process from outside. To the engine that is a death by itself, so the restart policy
 * acts; from inside, the kernel would ignore the signal.
 */
export function crashInjector(context: ComposeFaultContext): Injector {
  const crash = async ({ id, info }: Target) => {
    const toolbox = await toolboxFor(context, id);
    const argv = ["sh", "-c", KILL_FIRST_PROCESS, "crash", String(info.State.Pid), id];
    // The user namespace is the host's too: with remapping the engine allows the host's processes only so.
    const host = { PidMode: "host", UsernsMode: "host", CapAdd: ["KILL"] };
    succeeded("killing the first process", await runHelper(toolbox, argv, host));
  };
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      return blow(context, targets, crash);
    },
  };
}
