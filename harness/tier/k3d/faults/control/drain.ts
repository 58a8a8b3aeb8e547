import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { Clock } from "../../../../time/clock.ts";
import type { Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { cordon, isCordoned, uncordonActions } from "./cordon.ts";
import { evict, evictable, whyNotEvicted } from "./eviction.ts";
import { readNode } from "./gpus.ts";
import { type HitNode, hitNodes } from "./hit-nodes.ts";
import { podsOnNode } from "./pods.ts";

/** kubectl's own wait before it tries again what a budget forbids (k8s.io/kubectl, pkg/drain: 5 s). */
const EVICT_AGAIN_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 500;
/** Twice the grace that pods have by default, so that one budget can be waited for. */
const DRAIN_LIMIT_MS = 60_000;

/**
 * Empties nodes as `kubectl drain --ignore-daemonsets --delete-emptydir-data --force` does: by evictions, which honour
 * disruption budgets, for at most {@link DRAIN_LIMIT_MS}. What a budget keeps there until then stays, and the fault is
 * unconfirmed.
 */
export function drainInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const hits = await hitNodes(context, fault);
      return {
        undo: await uncordonActions(hits),
        apply: async () => void (await Promise.all(hits.map((hit) => drain(hit, context.clock)))),
        confirm: () => confirmEach(hits, drained),
      };
    },
  };
}

async function drain({ api, name }: HitNode, clock: Clock): Promise<void> {
  await cordon(api, name);
  const endMs = clock.nowMs() + DRAIN_LIMIT_MS;
  let nextTryMs = 0;
  while (clock.nowMs() < endMs) {
    // Whoever uncordons the node meanwhile, an undo or an operator, has ended the drain.
    if (!isCordoned(await readNode(api, name))) return;
    const left = await evictablePods(api, name);
    if (left.length === 0) return;
    if (clock.nowMs() >= nextTryMs) {
      await Promise.all(left.filter(stays).map((pod) => evict(api, pod)));
      nextTryMs = clock.nowMs() + EVICT_AGAIN_AFTER_MS;
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

async function drained({ api, name }: HitNode): Promise<Confirmation> {
  if (!isCordoned(await readNode(api, name))) return { confirmed: false, evidence: "it takes pods again" };
  const left = await evictablePods(api, name);
  if (left.length === 0) {
    return { confirmed: true, evidence: "unschedulable, and no pod is left that can be evicted" };
  }
  const reasons = await Promise.all(left.map((pod) => whyNotEvicted(api, pod)));
  return { confirmed: false, evidence: `unschedulable; left: ${reasons.join("; ")}` };
}

const evictablePods = async (api: HitNode["api"], node: string): Promise<Pod[]> =>
  (await podsOnNode(api, node)).filter(evictable);

const stays = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;
