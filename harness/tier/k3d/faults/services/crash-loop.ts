import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod, type HeldPod } from "./held-pod.ts";
import { confirmAllPods, podNow, runningPods, unlessSilent } from "./pods.ts";

/**
 * `$2`: seconds until it ends by itself. Kills whatever runs in the pod, again and again; only what holds its namespaces
 * lives, so that it stays the same pod, and the runtime's own process (runc), which is about to become the service.
 */
const KILL_AGAIN = `
keep=$(grep -m1 -o '[0-9a-f]\\{64\\}[^/]*$' "/proc/$sandbox/cgroup")
uid=$(echo "$1" | tr - _)
end=$(($(date +%s) + $2))
while [ "$(date +%s)" -lt "$end" ]; do
  grep -s -e "pod$1" -e "pod$uid" /proc/[0-9]*/cgroup | grep -v "$keep" | cut -d/ -f3 | sort -u |
    while read -r process; do
      case $(cat "/proc/$process/comm" 2>/dev/null) in runc*) ;; *) kill -9 "$process" 2>/dev/null ;; esac
    done
  sleep 0.3
done`;

/** The pods' processes are killed each time they come up; the kubelet waits longer and longer before it tries again. */
export function crashLoopInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      const held = await Promise.all(targets.map((target) => heldPod(context, fault, target)));
      const seconds = String(Math.ceil(fault.ttlMs / 1_000));
      const seen = new Set<HeldPod>();
      return {
        undo: held.flatMap(({ undo }) => undo),
        apply: async () => void (await Promise.all(held.map((it) => it.hold(KILL_AGAIN, [seconds])))),
        confirm: () => confirmAllPods(context, held, (it) => isLooping(context, it, seen)),
      };
    },
  };
}

/**
 * Until it was seen once: killed, restarted, and killed again, after which the kubelet waits (10 s, then ever longer; its
 * word for that, CrashLoopBackOff, it shows late). Later, that the killer is there and the pod as well.
 */
async function isLooping(context: K3dFaultContext, held: HeldPod, seen: Set<HeldPod>): Promise<Confirmation> {
  const helper = await held.helperThere();
  if (!helper.confirmed) return helper;
  const now = await unlessSilent(podNow(context, held), held.pod);
  if (now === null) return { confirmed: false, evidence: "the pod is gone" };
  const before = restarts(held.pod);
  const statuses = now.status.containerStatuses ?? [];
  if (restarts(now) > before && statuses.some(({ state }) => !state.running)) seen.add(held);
  const words = statuses.map(({ state }) => {
    if (state.terminated) return `died with exit code ${state.terminated.exitCode}`;
    return state.waiting?.reason ?? "running for a moment";
  });
  return {
    confirmed: seen.has(held),
    evidence: `${words.join(", ")} (restarts: ${before} → ${restarts(now)})`,
  };
}

const restarts = ({ status }: Pod): number =>
  (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
