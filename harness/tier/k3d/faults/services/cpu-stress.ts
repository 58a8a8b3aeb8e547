import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod, type HeldPod, toldBy } from "./held-pod.ts";
import { confirmAllPods, runningPods } from "./pods.ts";

/** Of what the loops could take. Others on a busy machine leave them less, and the effect is there all the same. */
const ENOUGH = 0.25;

/**
 * `$2`: the token, `$3`: loops, `$4`: seconds until they end by themselves. They run in a group of their own inside the
 * pod's, beside its containers' groups: the pod's quota is theirs too, and a container can still be restarted, whose group
 * must be empty for that.
 */
const LOOPS = `
for controller in cpu cpuacct; do
  own="$(group $controller)/firedrill-$2"
  mkdir -p "$own"
  echo $$ > "$own/cgroup.procs"
done
i=0
while [ "$i" -lt "$3" ]; do
  ( while :; do :; done ) &
  loops="$loops $!"
  i=$((i + 1))
done
sleep "$4"
kill -9 $loops`;

/** `$2`: the token. Prints the CPU time of the loops' group in microseconds, twice, a second apart, and the quota. */
const LOOK = `
used() {
  if [ -e "$(group cpu)/cpu.stat" ] && grep -q usage_usec "$(group cpu)/cpu.stat"; then
    sed -n 's/^usage_usec //p' "$(group cpu)/firedrill-$2/cpu.stat"
  else echo $(($(cat "$(group cpuacct)/firedrill-$2/cpuacct.usage") / 1000)); fi
}
used "$@"; sleep 1; used "$@"
if [ -e "$(group cpu)/cpu.max" ]; then cat "$(group cpu)/cpu.max"
else echo $(cat "$(group cpu)/cpu.cfs_quota_us" "$(group cpu)/cpu.cfs_period_us"); fi
nproc`;

/** Busy loops in the pods' own control groups take their share of the pods' CPU time. */
export function cpuStressInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const cores = fault.params.cores ?? 1;
      const targets = await runningPods(context, fault);
      const held = await Promise.all(targets.map((target) => heldPod(context, fault, target)));
      const seconds = Math.ceil(fault.ttlMs / 1_000);
      return {
        undo: held.flatMap(({ undo }) => undo),
        apply: async () => {
          for (const it of held) await it.hold(LOOPS, [it.token, String(cores), String(seconds)]);
        },
        confirm: () => confirmAllPods(context, held, (it) => isBusy(it, cores, held.length)),
      };
    },
  };
}

/** The control group's own account of CPU time over a second. */
async function isBusy(held: HeldPod, cores: number, pods: number): Promise<Confirmation> {
  const helper = await held.helperThere();
  if (!helper.confirmed) return helper;
  const output = toldBy("reading the CPU time", await held.beside(LOOK, [held.token]));
  const { used, most } = readLook(output, cores, pods);
  return {
    confirmed: used >= ENOUGH * most,
    evidence: `the loops in the pod's control group use ${used.toFixed(2)} of ${most} cores`,
  };
}

/**
 * Four lines: microseconds, microseconds a second later, "quota period" of the pod (no quota: `max` or -1), the machine's
 * cores, which all pods that were hit share.
 */
export function readLook(
  output: string,
  cores: number,
  pods: number,
): { readonly used: number; readonly most: number } {
  const [before = "", after = "", limit = "", machine = ""] = output.split("\n");
  const [quota = Number.NaN, period = Number.NaN] = limit.split(" ").map(Number);
  const limited = quota > 0 ? quota / period : Number.POSITIVE_INFINITY;
  return {
    used: (Number(after) - Number(before)) / 1e6,
    most: Math.min(cores, limited, Number(machine) / pods),
  };
}
