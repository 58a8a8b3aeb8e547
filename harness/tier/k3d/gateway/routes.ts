/**
 * What the gateway must know to reach services: the body of `PUT /routes` on its control port. It replaces what was
 * known before. Imports nothing: this file runs in the gateway's container too.
 */
export interface Routes {
  readonly nodes: readonly NodeRoute[];
  readonly services: readonly ServiceRoute[];
}

/** A node whose container runs, frozen or not. */
export interface NodeRoute {
  readonly cluster: string;
  readonly name: string;
  /** On the network that the gateway shares with it. */
  readonly address: string;
}

export interface ServiceRoute {
  /** As clients call it: the name in the stack's description. */
  readonly name: string;
  readonly cluster: string;
  /** The ClusterIP; for a headless Service, its ready pods. None: the name means nothing now. */
  readonly targets: readonly Target[];
}

export interface Target {
  readonly address: string;
  /** The only node through which it can be reached, or null for any: see `readyPods`. */
  readonly node: string | null;
}

/** The gateway needs a source address and a routing table for each node. */
export const MAX_NODES = 250;
