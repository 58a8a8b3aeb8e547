import type { Random } from "../../../harness/service/host.ts";
import type { FaultSubject, MockFaults } from "../mock.ts";
import type { CutParams, DelayParams, HalfOpenParams } from "../faults/transport.ts";
import { sampleDelayMs } from "../random.ts";

type Phase = CutParams["phase"];

/** What the wire does to the bytes of one answer (or of one direction of a connection). */
export interface WirePlan {
  /** Before the first byte. */
  readonly delayMs: number;
  readonly bytesPerSec: number | null;
  readonly slice: { readonly bytes: number; readonly gapMs: number } | null;
  /** `ms` null: forever. */
  readonly stall: { readonly phase: Phase; readonly afterBytes: number; readonly ms: number | null } | null;
  readonly corrupt: { readonly phase: Phase; readonly rate: number; readonly random: Random } | null;
  readonly cut: { readonly phase: Phase; readonly afterBytes: number; readonly mode: "rst" | "fin" } | null;
  /** A connection that is dead from here on: not even pings are answered. */
  readonly dead: boolean;
}

/** Does the plan change bytes or their timing once they flow? */
export function touchesBytes(plan: WirePlan): boolean {
  return (
    plan.bytesPerSec !== null ||
    plan.slice !== null ||
    plan.stall !== null ||
    plan.corrupt !== null ||
    plan.cut !== null
  );
}

/** Asks the schedule for every fault of the wire that hits this subject. Kinds stack; of one kind the first wins. */
export function takeWirePlan(faults: MockFaults, subject: FaultSubject): WirePlan {
  const take = <T>(kind: string) => {
    const hit = faults.take(kind, subject);
    return hit === null ? null : { ...hit, params: hit.params as T };
  };
  const latency = take<DelayParams>("latency");
  const dead = take<HalfOpenParams>("halfOpen");
  const stall = dead ?? take<{ phase: Phase; afterBytes: number; ms: number | "forever" }>("stall");
  const corrupt = take<{ phase: Phase; rate: number }>("corrupt");
  // Whoever still writes to a connection that nobody has any more is reset.
  const rst = dead ?? take<CutParams>("tcp.rst");
  const fin = rst === null ? take<CutParams>("tcp.fin") : null;
  const cut = rst ?? fin;
  return {
    delayMs: latency === null ? 0 : sampleDelayMs(latency.random, latency.params),
    bytesPerSec: take<{ bytesPerSec: number }>("throttle")?.params.bytesPerSec ?? null,
    slice: take<{ bytes: number; gapMs: number }>("slice")?.params ?? null,
    stall:
      stall === null ? null : { ...stall.params, ms: stall.params.ms === "forever" ? null : stall.params.ms },
    corrupt: corrupt === null ? null : { ...corrupt.params, random: corrupt.random },
    cut: cut === null ? null : { ...cut.params, mode: rst === null ? "fin" : "rst" },
    dead: dead !== null,
  };
}
