import { Cut } from "../http.ts";
import type { MockTime } from "../mock.ts";
import type { WirePlan } from "./plan.ts";

/** A throttled wire writes at least so many times a second, so that a client sees a flow and no bursts. */
const THROTTLE_STEPS_PER_SEC = 50;

/** Carries one direction's bytes by a plan: piece by piece, at their times. */
export interface Carrier {
  /** The pieces of `bytes`, each yielded when it goes out. @throws Cut where the plan ends the connection. */
  pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void>;
}

/** `bodyAt`: how many of the bytes to come are headers. The signal ends every wait. */
export function createCarrier(
  clock: Pick<MockTime, "sleep">,
  plan: WirePlan,
  bodyAt: number,
  signal: AbortSignal,
): Carrier {
  const from = (phase: "headers" | "body") => (phase === "headers" ? 0 : bodyAt);
  const cutAt = plan.cut === null ? Infinity : from(plan.cut.phase) + plan.cut.afterBytes;
  let stallAt = plan.stall === null ? Infinity : from(plan.stall.phase) + plan.stall.afterBytes;
  let sent = 0;
  let flipIn = plan.corrupt === null ? Infinity : from(plan.corrupt.phase) + gap(plan.corrupt);

  const corrupted = (piece: Uint8Array): Uint8Array => {
    if (plan.corrupt === null || flipIn >= piece.length) {
      flipIn -= piece.length;
      return piece;
    }
    const copy = Uint8Array.from(piece);
    while (flipIn < copy.length) {
      copy[flipIn] = (copy[flipIn] ?? 0) ^ (1 << plan.corrupt.random.below(8));
      flipIn += 1 + gap(plan.corrupt);
    }
    flipIn -= piece.length;
    return copy;
  };
  const pieceLimit = Math.min(
    plan.slice?.bytes ?? Infinity,
    plan.bytesPerSec === null ? Infinity : Math.max(1, Math.round(plan.bytesPerSec / THROTTLE_STEPS_PER_SEC)),
  );

  return {
    async *pieces(bytes) {
      for (let at = 0; at < bytes.length;) {
        if (sent >= stallAt) {
          stallAt = Infinity;
          await clock.sleep(plan.stall?.ms ?? Infinity, signal);
        }
        if (sent >= cutAt) throw new Cut(plan.cut?.mode ?? "rst");
        const length = Math.min(pieceLimit, bytes.length - at, stallAt - sent, cutAt - sent);
        const piece = corrupted(bytes.subarray(at, at + length));
        at += length;
        sent += length;
        if (signal.aborted) return;
        yield piece;
        const pauseMs =
          (plan.slice?.gapMs ?? 0) + (plan.bytesPerSec === null ? 0 : (length * 1_000) / plan.bytesPerSec);
        if (pauseMs > 0) await clock.sleep(pauseMs, signal);
      }
      // A cut after the last byte is a cut too.
      if (sent >= cutAt) throw new Cut(plan.cut?.mode ?? "rst");
    },
  };
}

/** How many bytes stay whole before the next one that does not. */
function gap({ rate, random }: NonNullable<WirePlan["corrupt"]>): number {
  return rate >= 1 ? 0 : Math.floor(Math.log(1 - random.next()) / Math.log(1 - rate));
}
