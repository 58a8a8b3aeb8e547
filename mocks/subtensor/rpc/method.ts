import type { FaultHit, MockWorld } from "../../core/mock.ts";
import type { Chain } from "../chain/chain.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import type { SubtensorSettings } from "../settings.ts";

/** What the methods work on. */
export interface Node {
  readonly world: MockWorld;
  readonly settings: SubtensorSettings;
  readonly runtimes: Runtimes;
  readonly chain: Chain;
}

/** Who asks. */
export interface Caller {
  /** Null over HTTP: nobody can be told anything later. */
  readonly subscriptions: Subscriptions | null;
  /** Asks whether a fault of this kind hits this call, and counts it. */
  fault(kind: string): FaultHit | null;
}

export interface Subscriptions {
  /**
   * Opens one; `start` is called once the client has its id, and says how to stop.
   * @throws RpcError when the connection has too many.
   */
  open(notification: string, start: (notify: (result: unknown) => void) => () => void): string;
  /** False: there was none. */
  close(id: string): boolean;
}

export type Params = readonly unknown[];
/** @throws RpcError */
export type Method = (params: Params, caller: Caller) => unknown;
export type Methods = Readonly<Record<string, Method>>;
