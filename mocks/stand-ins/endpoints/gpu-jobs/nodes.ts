/**
 * `ready` takes jobs. `sick`: its GPU was found broken, and a person must return it, because a GPU that came back by
 * itself goes again. `drained`: a person took it out. `lost`: its runner is silent; it is back with the next word.
 */
export type NodeState = "ready" | "sick" | "drained" | "lost";

export interface GpuNode {
  readonly runner: string;
  readonly state: NodeState;
  /** Whether its runner found its GPU in order when it last looked, and what it saw. */
  readonly healthy: boolean;
  readonly saw: string;
  readonly heardMs: number;
}

export interface Nodes {
  heard(runner: string, health: Pick<GpuNode, "healthy" | "saw">, nowMs: number): GpuNode;
  /** Marks as lost whoever was silent for too long, and names them. */
  sweep(nowMs: number): string[];
  /** Null: no such node. */
  drain(runner: string): GpuNode | null;
  /** Takes jobs again; `unhealthy` when its GPU is not in order. Null: no such node. */
  giveBack(runner: string): GpuNode | "unhealthy" | null;
  list(): readonly GpuNode[];
}

const MAX_NODES = 100;

export function createNodes(silentMs: number): Nodes {
  const nodes = new Map<string, GpuNode>();
  const change = (node: GpuNode, to: Partial<GpuNode>): GpuNode => {
    const changed = { ...node, ...to };
    nodes.set(node.runner, changed);
    return changed;
  };

  return {
    list: () => [...nodes.values()],
    heard(runner, health, nowMs) {
      const known = nodes.get(runner);
      if (known === undefined && nodes.size >= MAX_NODES) throw new Error(`more than ${MAX_NODES} nodes`);
      const node = known ?? { runner, state: "ready" as const, ...health, heardMs: nowMs };
      return change(node, { ...health, heardMs: nowMs, state: next(node.state, health.healthy) });
    },
    sweep(nowMs) {
      const silent = [...nodes.values()].filter(
        ({ state, heardMs }) => state === "ready" && nowMs - heardMs > silentMs,
      );
      for (const node of silent) change(node, { state: "lost" });
      return silent.map(({ runner }) => runner);
    },
    drain(runner) {
      const node = nodes.get(runner);
      return node === undefined ? null : change(node, { state: "drained" });
    },
    giveBack(runner) {
      const node = nodes.get(runner);
      if (node === undefined) return null;
      return node.healthy ? change(node, { state: "ready" }) : "unhealthy";
    },
  };
}

function next(state: NodeState, healthy: boolean): NodeState {
  if (state === "drained") return "drained";
  if (!healthy) return "sick";
  return state === "lost" ? "ready" : state;
}
