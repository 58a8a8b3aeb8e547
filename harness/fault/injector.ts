import type { z } from "zod";
import type { FaultKind } from "./kinds.ts";
import type { UndoAction } from "./undo.ts";

/** A fault whose roles have become service names. */
export interface ResolvedFault {
  readonly id: string;
  readonly kind: FaultKind;
  /** Services, nodes or clusters to be hit; never empty. */
  readonly targets: readonly string[];
  /** For network faults: the other side; empty means everyone else. */
  readonly peers: readonly string[];
  readonly params: FaultParams;
  /** The effect removes itself after this long even if nobody reverts it, where the tier can do that. */
  readonly ttlMs: number;
}

/** The union of all kinds' parameters; each kind reads its own (see kinds/*.ts for units and defaults). */
export interface FaultParams {
  readonly direction?: "both" | "in" | "out";
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  readonly cores?: number;
  readonly limitBytes?: number;
  readonly path?: string;
  readonly volume?: string;
  readonly all?: boolean;
  readonly rolling?: boolean;
  readonly object?: string;
  readonly key?: string;
  readonly resource?: string;
  // Of a mock's fault: what its control port takes, as in mocks/core/README.md.
  readonly fault?: string;
  readonly params?: Readonly<Record<string, Json>>;
  readonly when?: Readonly<Record<string, Json>>;
  readonly count?: number;
  readonly scope?: Readonly<Record<string, string>>;
  readonly seed?: number;
}

type Json = z.core.util.JSONType;

export type Confirmation = { readonly confirmed: boolean; readonly evidence: string };

/** One fault kind on one tier. */
export interface Injector {
  /** Looks at the targets and works out how to put them back. Changes nothing. */
  prepare(fault: ResolvedFault): Promise<PreparedFault>;
}

export interface PreparedFault {
  /** In the order in which they must be carried out. */
  readonly undo: readonly UndoAction[];
  apply(): Promise<void>;
  /** Reads the effect from inside the target (kernel, engine or API state). Asked until true or out of time. */
  confirm(): Promise<Confirmation>;
  /** Of kinds that count whom they hit: how often so far. What was seen last, when nobody can be asked any more. */
  tally?(): Promise<FaultTally>;
}

/** Whom a fault has met. One that nobody has met was not rehearsed, however truly it was there. */
export interface FaultTally {
  /** `rate.bucket on llm`. */
  readonly what: string;
  /** Requests, connections or messages that it hit. */
  readonly hits: number;
  /** How often a state that it changes was read, for faults that hit no single request. */
  readonly looks: number;
}
