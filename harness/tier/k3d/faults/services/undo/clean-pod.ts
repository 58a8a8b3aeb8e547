import type Docker from "dockerode";
import { inspectOrNull, statusOf } from "../../../../compose/containers.ts";
import { listRules, removeRules } from "../../../../compose/faults/rules.ts";
import {
  type CommandResult,
  findHelpers,
  removeHelpers,
  succeeded,
} from "../../../../compose/faults/toolbox.ts";
import {
  textArg,
  toolboxFrom,
  type UndoArgs,
  type UndoOperation,
} from "../../../../compose/faults/undo/operation.ts";
import { POD_GONE, runBesidePod } from "../in-pod.ts";

/** Shell: `$2` is the token, `$3` the memory limit to be put back or nothing, `$4` a script for both networks. */
const CLEAN = `
sh -c "$4"
nsenter -t "$sandbox" -n sh -c "$4"
shared=$(shared_memory) && rm -f "$shared/firedrill-$2"
for controller in cpu cpuacct memory; do
  own="$(group $controller)/firedrill-$2"
  attempt=0
  while [ -d "$own" ] && [ "$attempt" -lt 50 ]; do
    kill -9 $(cat "$own/cgroup.procs") 2>/dev/null
    rmdir "$own" 2>/dev/null || sleep 0.1
    attempt=$((attempt + 1))
  done
done
[ -z "$3" ] || echo "$3" > "$(memory_limit)"`;
const LIST = `
sh -c "$4"
nsenter -t "$sandbox" -n sh -c "$4"
shared=$(shared_memory) && ls -d "$shared/firedrill-$2" 2>/dev/null
for controller in cpu cpuacct memory; do ls -d "$(group $controller)/firedrill-$2" 2>/dev/null; done
[ -z "$3" ] || [ "$(cat "$(memory_limit)")" = "$3" ] || echo "a memory limit of $(cat "$(memory_limit)")"
true`;

/**
 * Takes away what a fault may have left in a pod and beside it: helpers, packet filter rules, queues, ballast in shared
 * memory, control groups, a lowered memory limit. With the pod all of that is gone. Args: `node`, `uid`, `token`,
 * `memoryLimit` (as the kernel prints it, or null), `image`, `labels`.
 */
export const cleanPod: UndoOperation = {
  async undo(docker, args) {
    const token = textArg(args, "token");
    // First the helpers, so that they can't add anything afterwards.
    await removeHelpers(docker, token);
    const result = await beside(docker, args, CLEAN, removeRules(token));
    if (result !== null) succeeded("cleaning the pod", result);
  },
  async audit(docker, args) {
    const token = textArg(args, "token");
    if ((await findHelpers(docker, token)).length > 0) {
      return { clean: false, detail: "a helper of the fault still runs" };
    }
    const result = await beside(docker, args, LIST, listRules(token));
    if (result === null) return { clean: true, detail: "the pod is gone" };
    const left = succeeded("looking at the pod", result).split("\n").filter(Boolean).join(", ");
    return {
      clean: left === "",
      detail: left === "" ? "nothing of the fault is left in the pod" : `left in the pod: ${left}`,
    };
  },
};

/** Null when the pod is gone. */
async function beside(
  docker: Docker,
  args: UndoArgs,
  script: string,
  inNetworks: string,
): Promise<CommandResult | null> {
  const node = textArg(args, "node");
  if (!(await inspectOrNull(docker, node))?.State.Running) return null;
  const place = { node, uid: textArg(args, "uid") };
  const limit = args["memoryLimit"];
  const words = [textArg(args, "token"), typeof limit === "string" ? limit : "", inNetworks];
  try {
    const result = await runBesidePod(toolboxFrom(docker, args), place, script, words);
    return result.exitCode === POD_GONE ? null : result;
  } catch (error) {
    if (statusOf(error) === 404 || !(await inspectOrNull(docker, node))?.State.Running) return null;
    throw error;
  }
}
