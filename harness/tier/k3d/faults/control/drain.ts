import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { Clock } from "../../../../time/clock.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { cordon, isCordoned, uncordonActions } from "./cordon.ts";
import { evict, evictable, heldByBudget } from "./eviction.ts";
import { readNode } from "./gpus.ts";
import { type HitNode, hitNodes } from "./hit-nodes.ts";
import { podsOnNode } from "./pods.ts";

/** kubectl's own wait before it tries again what a budget forbids (k8s.io/kubectl, pkg/drain: 5 s). */
const EVICT_AGAIN_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 500;
/** Longer than pods take that have the default grace of 30 s. */
const FIRST_ROUND_MS = 60_000;
/** Nobody rehearses longer; it ends with the cordon anyway. */
const DRAIN_LIMIT_MS = 60 * 60_000;

/**
 * Empties nodes as `kubectl drain --ignore-daemonsets --delete-emptydir-data --force` does: by evictions, which honour
 * disruption budgets. What a budget keeps there now is asked for again every {@link EVICT_AGAIN_AFTER_MS}, until it is gone or
 * somebody uncordons the node.
 */
export function drainInjector(context: K3dFaultContext): Injector {
  const { clock } = context;
  return {
    async prepare(fault) {
      const hits = await hitNodes(context, fault);
      return {
        undo: await uncordonActions(hits),
        apply: async () => {
          await Promise.all(hits.map(({ api, name }) => cordon(api, name)));
          await Promise.all(hits.map((hit) => evictWhile(hit, clock, FIRST_ROUND_MS, someLeave)));
          // From here on it goes on by itself, as a drain that somebody has left running.
          for (const hit of hits)
            void evictWhile(hit, clock, DRAIN_LIMIT_MS, someAreLeft).catch(() => undefined);
        },
        confirm: () => confirmEach(hits, drained),
      };
    },
  };
}

/** Evicts what may be evicted as long as `goOn` says so of what is left, and the node stays cordoned. */
async function evictWhile(
  { api, name }: HitNode,
  clock: Clock,
  limitMs: number,
  goOn: (api: KubeApi, left: readonly Pod[]) => Promise<boolean>,
): Promise<void> {
  const endMs = clock.nowMs() + limitMs;
  let nextTryMs = 0;
  while (clock.nowMs() < endMs) {
    // Whoever uncordons the node meanwhile, an undo or an operator, has ended the drain.
    if (!isCordoned(await readNode(api, name))) return;
    const left = await evictablePods(api, name);
    if (clock.nowMs() >= nextTryMs) {
      await Promise.all(left.filter(stays).map((pod) => evict(api, pod)));
      nextTryMs = clock.nowMs() + EVICT_AGAIN_AFTER_MS;
    }
    if (!(await goOn(api, left))) return;
    await clock.sleep(LOOK_EVERY_MS);
  }
}

const someAreLeft = async (_: KubeApi, left: readonly Pod[]): Promise<boolean> => left.length > 0;

/** Is there one that no budget holds? */
async function someLeave(api: KubeApi, left: readonly Pod[]): Promise<boolean> {
  const held = await Promise.all(left.map((pod) => heldByBudget(api, pod)));
  return held.includes(null);
}

/** In effect when nothing is left but what a budget holds; the evidence quotes the budget. */
async function drained({ api, name }: HitNode): Promise<Confirmation> {
  if (!isCordoned(await readNode(api, name))) return { confirmed: false, evidence: "it takes pods again" };
  const left = await evictablePods(api, name);
  if (left.length === 0) {
    return { confirmed: true, evidence: "unschedulable, and no pod is left that can be evicted" };
  }
  const held = await Promise.all(left.map((pod) => heldByBudget(api, pod)));
  const leaving = left.filter((_, index) => held[index] === null).map(({ metadata }) => metadata.name);
  const reasons = held.filter((reason) => reason !== null);
  return leaving.length === 0
    ? { confirmed: true, evidence: `unschedulable; all that is left is held: ${reasons.join("; ")}` }
    : { confirmed: false, evidence: `unschedulable; still leaving: ${leaving.join(", ")}` };
}

const evictablePods = async (api: HitNode["api"], node: string): Promise<Pod[]> =>
  (await podsOnNode(api, node)).filter(evictable);

const stays = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;
