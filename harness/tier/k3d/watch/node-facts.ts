import type { KubeNode, Lease } from "../api/objects.ts";

/** What the engine says of a node's container. */
export interface ContainerFact {
  readonly state: "running" | "paused" | "exited" | "missing";
  /** When its main process was started last, ms since 1970. What ran in it before is dead. */
  readonly startedMs: number;
  /** When it was thawed last, else `startedMs`. */
  readonly awakeMs: number;
  /** Null while it runs. */
  readonly exitCode: number | null;
}

/** How far what the API server says can be believed. */
export interface ApiTrust {
  readonly silent: boolean;
  /** Heartbeats that are not newer may come from before the last outage (ms since 1970). */
  readonly trustFromMs: number;
}

/** All that is known of one node; the containers share this machine's clock. */
export interface NodeFacts {
  readonly container: ContainerFact;
  /** Null: Kubernetes has no such object. */
  readonly node: KubeNode | null;
  /** Kubernetes has had the object at some time. */
  readonly joined: boolean;
  readonly lease: Lease | null;
  readonly api: ApiTrust;
  /** Ms since 1970. */
  readonly nowMs: number;
}
