import type { NodeRow } from "./statements.ts";

/** A registered node as the leader sees it. */
export interface NodeView extends NodeRow {
  readonly state: "alive" | "lost";
  /** Time since the last heartbeat, or since this leader began to listen. */
  readonly silentMs: number;
  /** How many tasks the node said it runs. */
  readonly running: number;
}

/** Who is registered and when each was last heard of, by the leader's own clock. */
export interface Registry {
  /** Begins to listen: everyone known gets the full time-out from now, for nobody could report to us before. */
  reset(nodes: readonly NodeRow[]): void;
  add(node: NodeRow): void;
  /** False when the node is unknown and has to register first. */
  heard(node: string, running: number): boolean;
  list(): NodeView[];
}

export function createRegistry(nowMs: () => number, timeoutMs: number): Registry {
  let entries = new Map<string, NodeRow & { seenMs: number; running: number }>();
  return {
    reset(nodes) {
      entries = new Map(nodes.map((row) => [row.node, { ...row, seenMs: nowMs(), running: 0 }]));
    },
    add(node) {
      entries.set(node.node, { ...node, seenMs: nowMs(), running: 0 });
    },
    heard(node, running) {
      const entry = entries.get(node);
      if (entry) Object.assign(entry, { seenMs: nowMs(), running });
      return entry !== undefined;
    },
    list: () =>
      [...entries.values()].map(({ seenMs, ...rest }) => {
        const silentMs = Math.round(nowMs() - seenMs);
        return { ...rest, silentMs, state: silentMs < timeoutMs ? "alive" : "lost" };
      }),
  };
}
