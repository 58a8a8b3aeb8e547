import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import type { Clock } from "../../../../time/clock.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { Condition, Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { readNode } from "./gpus.ts";
import { type HitNode, hitNodes } from "./hit-nodes.ts";
import { evictsBelowBytes, type Room, type Signal } from "./kubelet-view.ts";

/**
 * What is left, as a part of the kubelet's threshold: far enough below it that the node's own programs don't lift it above,
 * near enough that one evicted pod can end the pressure.
 */
const LEFT = 0.8;
/**
 * The kubelet looks every 10 s (eviction manager) and reports at the latest every 10 s (nodeStatusUpdateFrequency). Until then
 * it is filled up again and again, because the kernel gives back what it had only cached.
 */
const NOTICED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** One thing that a node can run short of. */
interface Shortage {
  readonly condition: "MemoryPressure" | "DiskPressure";
  readonly signal: Signal;
  /** How to fill this node, and how to put it back. @throws USAGE_FAULT when the machine's own would be filled */
  plan(hit: HitNode): Promise<Ballast>;
}

/** A file that takes room and belongs to no pod. */
export interface Ballast {
  readonly undo: readonly UndoAction[];
  room(): Promise<Room>;
  /** Makes it this much larger. */
  grow(bytes: number): Promise<void>;
  /** 0 without it. @throws when the node does not run */
  sizeBytes(): Promise<number>;
}

interface Hit extends HitNode {
  readonly ballast: Ballast;
  /** Set by `apply`: the kubelet's last report before it. */
  reportedBefore: string;
  /** The pressure has been seen; later it may end, for pods were evicted, while the ballast stays. */
  pressed: boolean;
}

/** Fills agents until their kubelets see a shortage and evict. */
export function nodePressureInjector(context: K3dFaultContext, shortage: Shortage): Injector {
  return {
    async prepare(fault) {
      const hits = await Promise.all(
        (await agentsOf(context, fault)).map(async (hit): Promise<Hit> => {
          const ballast = await shortage.plan(hit);
          await thresholdOf(hit, shortage, await ballast.room());
          return { ...hit, ballast, reportedBefore: "", pressed: false };
        }),
      );
      return {
        undo: hits.flatMap(({ ballast }) => ballast.undo),
        apply: async () => void (await Promise.all(hits.map((hit) => fill(hit, shortage, context.clock)))),
        confirm: () => confirmEach(hits, (hit) => isShort(hit, shortage)),
      };
    },
  };
}

/** @throws USAGE_SELECTION when the targets are servers: only agents have limits of their own */
async function agentsOf(context: K3dFaultContext, fault: ResolvedFault): Promise<HitNode[]> {
  const agents = (await hitNodes(context, fault)).filter(({ role }) => role === "agent");
  if (agents.length > 0) return agents;
  throw new FiredrillError("USAGE_SELECTION", `${fault.kind} hits agents only`, {
    received: fault.targets.join(", "),
    expected: "an agent, a pool, a cluster with agents, or a service that runs on one",
  });
}

async function fill(hit: Hit, shortage: Shortage, clock: Clock): Promise<void> {
  const { ballast } = hit;
  hit.reportedBefore = (await conditionOf(hit, shortage))?.lastHeartbeatTime ?? "";
  const endMs = clock.nowMs() + NOTICED_WITHIN_MS;
  do {
    const room = await ballast.room();
    const missing = Math.floor(room.availableBytes - LEFT * (await thresholdOf(hit, shortage, room)));
    if (missing > 0) await ballast.grow(missing);
    await clock.sleep(LOOK_EVERY_MS);
  } while (clock.nowMs() < endMs && !(await isReported(hit, shortage)));
}

async function isShort(hit: Hit, shortage: Shortage): Promise<Confirmation> {
  const bytes = await hit.ballast.sizeBytes();
  const held = `${Math.round(bytes / 2 ** 20)} MiB of ballast`;
  if (bytes === 0) return { confirmed: false, evidence: "the ballast is gone" };
  const reported = await isReported(hit, shortage);
  hit.pressed ||= reported;
  const evicted = await evictedFrom(hit.api, hit.name);
  const words = evicted.length === 0 ? "nothing evicted so far" : `evicted: ${evicted.join(", ")}`;
  const state = reported ? `${shortage.condition} is True` : `${shortage.condition} is not reported`;
  return { confirmed: hit.pressed, evidence: `${held}; ${state}; ${words}` };
}

/** True, and said after the fault began. Times of the API are RFC 3339 in UTC and sort as text. */
async function isReported(hit: Hit, shortage: Shortage): Promise<boolean> {
  const condition = await conditionOf(hit, shortage);
  return condition?.status === "True" && (condition.lastHeartbeatTime ?? "") > hit.reportedBefore;
}

async function conditionOf(
  { api, name }: HitNode,
  { condition }: Shortage,
): Promise<(Condition & { readonly lastHeartbeatTime?: string }) | null> {
  return (await readNode(api, name)).status.conditions?.find(({ type }) => type === condition) ?? null;
}

async function evictedFrom(api: KubeApi, node: string): Promise<string[]> {
  const query = `fieldSelector=${encodeURIComponent(`spec.nodeName=${node},status.phase=Failed`)}`;
  const pods = await api.list<Pod>(`/api/v1/pods?${query}`);
  return pods.filter(({ status }) => status.reason === "Evicted").map(({ metadata }) => metadata.name);
}

const thresholdOf = (hit: HitNode, { signal }: Shortage, room: Room): Promise<number> =>
  evictsBelowBytes(hit.api, hit, signal, room.capacityBytes);
