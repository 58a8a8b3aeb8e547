import type { EventOf } from "../../../events/vocabulary.ts";

export type NodeStateWord = EventOf<"node.state">["state"];
export type PodStateWord = EventOf<"pod.state">["state"];

/** A node as it is believed to be now. */
export interface NodeView {
  /** The name in `StackSpec.places`; of a node that was added later, its own. */
  readonly place: string;
  readonly cluster: string;
  /** Of its container and its Node object. */
  readonly name: string;
  readonly state: NodeStateWord;
  readonly detail: string;
  /** Ready, and its heartbeat is newer than the last injection. */
  readonly provenAfterInjection: boolean;
}

/** A pod of the stack as it is believed to be now. */
export interface PodView {
  /** With `.CLUSTER` in a stack of several. */
  readonly name: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  /** Place of the node it runs on, null: not scheduled. */
  readonly node: string | null;
  readonly nodeState: NodeStateWord | null;
  readonly state: PodStateWord;
  readonly detail: string;
  /** Ready, on a node whose heartbeat is newer than the last injection. */
  readonly provenAfterInjection: boolean;
}

/** Does a cluster's API server answer? */
export interface ApiView {
  readonly cluster: string;
  readonly answers: boolean;
  /** Of the last question, null while it does not answer. */
  readonly latencyMs: number | null;
}
