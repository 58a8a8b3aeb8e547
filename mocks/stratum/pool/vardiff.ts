import { createAverage } from "../average.ts";

/**
 * ckpool's way to a difficulty (stratifier.c as of 2026): looked at after 72 shares, or the first share after 240 s,
 * since the last change; left alone while a share comes every 2.5 to 6.7 s; set so that one comes every 3.33 s, or every
 * 2.4 s where the miner asked for a least difficulty itself.
 */
const SHARES = 72;
const WINDOW_MS = 240_000;
const LEAST_RATIO = 0.15;
const MOST_RATIO = 0.4;
const SECONDS_PER_SHARE = 3.33;
const SECONDS_PER_SHARE_ASKED = 2.4;
const MOST_RATIO_ASKED = 0.5;
/** Windows of the averages in seconds: after 72 shares the short one. */
const SHORT = 60;
const LONG = 300;

export interface Limits {
  readonly least: number;
  /** The lower of the pool's and the network's. */
  readonly most: number;
}

export interface Vardiff {
  /** Takes a share that was worth `worth`; the difficulty that the miner should have now, or null: the one it has. */
  share(worth: number, current: number, nowMs: number, limits: Limits, asked: number): number | null;
  /** The difficulty was changed by somebody else. */
  changed(nowMs: number): void;
}

export function createVardiff(): Vardiff {
  const short = createAverage(SHORT);
  const long = createAverage(LONG);
  let firstMs: number | null = null;
  let changedMs = 0;
  let shares = 0;
  const changed = (nowMs: number) => {
    changedMs = nowMs;
    shares = 0;
  };
  return {
    changed,
    share(worth, current, nowMs, limits, asked) {
      if (firstMs === null) {
        firstMs = nowMs;
        changedMs = nowMs;
      }
      short.add(worth, nowMs);
      long.add(worth, nowMs);
      shares += 1;
      if (shares < SHARES && nowMs - changedMs < WINDOW_MS) return null;
      if (worth !== current) {
        shares = 0;
        return null;
      }
      const perSec = (shares >= SHARES ? short : long).fairAt(nowMs, firstMs);
      const ratio = perSec / current;
      if (ratio > LEAST_RATIO && ratio < MOST_RATIO) return null;
      if (asked > 0 && ratio < MOST_RATIO_ASKED) return null;
      const wanted = round(perSec * (asked > 0 ? SECONDS_PER_SHARE_ASKED : SECONDS_PER_SHARE));
      const next = Math.min(Math.max(wanted, asked, limits.least), limits.most);
      if (next === current) return null;
      changed(nowMs);
      return next;
    },
  };
}

/** Whole numbers, as ckpool; below 1, where ckpool has none, three digits. */
function round(difficulty: number): number {
  return difficulty >= 1 ? Math.round(difficulty) : Number(difficulty.toPrecision(3));
}
