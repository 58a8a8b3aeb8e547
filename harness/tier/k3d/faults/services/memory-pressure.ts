import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { engineTime } from "../../../compose/faults/engine-events.ts";
import { marked, toolboxFor } from "../../../compose/faults/toolbox.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod, type HeldPod, toldBy } from "./held-pod.ts";
import { runBesidePod } from "./in-pod.ts";
import { confirmEachPod, podNow, type PodTarget, runningPods } from "./pods.ts";

const MIB = 1024 * 1024;
/** Room above what the pod uses now: less than the 64 MiB of /dev/shm that pods have. */
const HEADROOM_BYTES = 48 * MIB;
/** What the fill leaves a restarted service of the memory that it used: too little to come up. */
const LEFT_TO_THE_SERVICE = 1 / 2;

interface Squeezed extends HeldPod {
  readonly limitBytes: number;
  readonly fillBytes: number;
}

/** Prints: bytes in use, bytes of files' pages, the limit, free bytes of /dev/shm. Version 1 of control groups, or 2. */
const LOOK = `
folder=$(group memory)
cat "$folder/memory.current" 2>/dev/null || cat "$folder/memory.usage_in_bytes"
prefix=; grep -q ^total_active_file "$folder/memory.stat" && prefix=total_
awk "/^\${prefix}(in)?active_file / { sum += \\$2 } END { print sum + 0 }" "$folder/memory.stat"
cat "$(memory_limit)"
echo $(($(stat -f -c '%f * %S' "$(shared_memory)")))`;

/**
 * `$2`: the token, `$3`: the limit, `$4`: MiB to fill. The pod's shared memory belongs to none of its processes and stays
 * when containers are restarted. Whoever fills it does so in a group inside the pod's, so that the pod pays. Where the kernel
 * does not let it ask to be spared (that takes CAP_SYS_RESOURCE), it may be the one that is killed: then another goes on.
 */
const SQUEEZE = `
set -e
file="$(shared_memory)/firedrill-$2"
echo "$3" > "$(memory_limit)"
own="$(group memory)/firedrill-$2"
mkdir "$own"
for filler in 1 2 3 4 5 6 7 8 9 10; do
  filled=$(stat -c %s "$file" 2>/dev/null || echo 0)
  [ "$filled" -lt $(($4 * 1048576)) ] || break
  sh -c 'echo $$ > "$0/cgroup.procs"; echo -1000 2>/dev/null > /proc/self/oom_score_adj
    exec dd if=/dev/zero of="$1" bs=1048576 count="$2" oflag=append conv=notrunc' "$own" "$file" $(($4 - filled / 1048576)) || true
done
rmdir "$own" || true
filled=$(stat -c %s "$file") && [ "$filled" -ge $(($4 * 1048576)) ] || { echo "$filled bytes of $4 MiB filled" >&2; exit 1; }`;

/**
 * Memory that belongs to no process fills the pod up to a limit that is lowered in its control group: the kernel has nobody
 * to kill but the service itself. Restarted containers find the pod as full, until it is replaced or the fault ends.
 */
export function memoryPressureInjector(context: K3dFaultContext): Injector {
  let sinceSeconds = 0;
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      const squeezed = await Promise.all(targets.map((target) => planFor(context, fault, target)));
      return {
        undo: squeezed.flatMap(({ undo }) => undo),
        apply: async () => {
          sinceSeconds = Math.floor(Number(await engineTime(context.docker)));
          await Promise.all(squeezed.map(squeeze));
        },
        confirm: () => confirmEachPod(squeezed, (target) => wasKilled(context, target, sinceSeconds)),
      };
    },
  };
}

async function planFor(context: K3dFaultContext, fault: ResolvedFault, target: PodTarget): Promise<Squeezed> {
  const place = { node: target.node, uid: target.pod.metadata.uid };
  const toolbox = await toolboxFor(context, target.node);
  const looked = toldBy("reading the pod's memory", await runBesidePod(toolbox, place, LOOK));
  const [usage = 0, files = 0, limit = 0, shmBytes = 0] = looked.split("\n").map(Number);
  const used = usage - files;
  const wanted = fault.params.limitBytes ?? used + HEADROOM_BYTES;
  // Kernels print "no limit" as `max` or as a number beyond every machine.
  const limitBytes = Number.isNaN(limit) ? wanted : Math.min(wanted, limit);
  const fillBytes = Math.min(limitBytes - used * LEFT_TO_THE_SERVICE, shmBytes);
  if (fillBytes <= limitBytes - used || limitBytes <= used) {
    throw new FiredrillError(
      "USAGE_FAULT",
      `memory-pressure can't fill "${target.service}" up to its limit`,
      {
        received: `limit ${mib(limitBytes)}, in use ${mib(used)}, free in /dev/shm ${mib(shmBytes)}`,
        expected: "a limit above what is in use, by less than /dev/shm can hold",
        hint: "leave limitBytes out",
      },
    );
  }
  const held = await heldPod(context, fault, target, looked.split("\n")[2] ?? null);
  return { ...held, limitBytes, fillBytes };
}

async function squeeze({ place, toolbox, token, limitBytes, fillBytes }: Squeezed): Promise<void> {
  const args = [token, String(limitBytes), String(Math.floor(fillBytes / MIB))];
  toldBy("filling the pod's memory", await runBesidePod(marked(toolbox, token), place, SQUEEZE, args));
}

/** The kubelet reports the kernel's kill, with a time in whole seconds. */
async function wasKilled(
  context: K3dFaultContext,
  target: Squeezed,
  sinceSeconds: number,
): Promise<Confirmation> {
  const now = await podNow(context, target);
  if (now === null) return { confirmed: false, evidence: "the pod was replaced before anything was seen" };
  const ends = (now.status.containerStatuses ?? []).flatMap(({ state, lastState, restartCount }) =>
    [state.terminated, lastState?.terminated].flatMap((end) => (end ? [{ ...end, restartCount }] : [])),
  );
  const death = ends.find(
    ({ reason, finishedAt = "" }) => reason === "OOMKilled" && Date.parse(finishedAt) / 1_000 >= sinceSeconds,
  );
  const limit = `the pod's limit is ${mib(target.limitBytes)}`;
  if (death === undefined)
    return { confirmed: false, evidence: `${limit}; no container was killed for want of memory` };
  return {
    confirmed: true,
    evidence: `${limit}; OOMKilled with exit code ${death.exitCode} at ${death.finishedAt} (restarts: ${death.restartCount})`,
  };
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
