import type { MockWorld } from "../core/mock.ts";
import type { Others } from "./node/others.ts";

/** How often a stalled tip is looked at: its end makes no sound. */
const STALLED_LOOK_MS = 1_000;

/**
 * Lets the blocks of others arrive while somebody listens. Nobody listening, the node catches up when it is asked, so
 * a mock alone on a jumping clock stands still. `isCurrent`: false after a reset.
 */
export function createPump(world: MockWorld, others: Others, isCurrent: () => boolean): () => () => void {
  let watchers = 0;
  let pending = new AbortController();
  const look = () => {
    pending.abort();
    if (watchers === 0 || !isCurrent()) return;
    pending = new AbortController();
    const { signal } = pending;
    const { clock, faults } = world;
    const stalled = faults.standing("tip.stall") !== null;
    const untilMs = stalled ? clock.nowMs() + STALLED_LOOK_MS : others.nextMs();
    if (untilMs === Infinity) return;
    void clock.sleepUntil(untilMs, signal).then(() => {
      if (signal.aborted || !isCurrent()) return;
      others.catchUp();
      look();
    });
  };
  world.faults.onChange(() => {
    if (!isCurrent()) return;
    others.catchUp();
    look();
  });
  return () => {
    watchers += 1;
    look();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      watchers -= 1;
      look();
    };
  };
}
