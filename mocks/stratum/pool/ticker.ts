import type { MockWorld } from "../../core/mock.ts";
import type { Pool } from "./pool.ts";

/** How often the pool looks at what it has to do by itself. */
const LOOK_MS = 1_000;

/** What a pool does while somebody mines: new work every so often, floods, storms. */
export interface Ticker {
  /** A miner has come; returns what to call when it has gone. */
  watch(): () => void;
}

/** `isCurrent`: false after a reset. */
export function createTicker(world: MockWorld, pool: Pool, isCurrent: () => boolean): Ticker {
  const { clock, faults } = world;
  let miners = 0;
  let running = false;
  let freshMs = clock.nowMs();
  let pause = new AbortController();
  let stormed: unknown = null;

  const storm = () => {
    const standing = faults.standing("reconnect.storm");
    if (standing === null) return void (stormed = null);
    if (standing.random === stormed) return;
    stormed = standing.random;
    const { clients, drop, host, port, waitSec } = standing.params;
    let left = Number(clients);
    for (const member of pool.members) {
      if (left === 0) return;
      const labels = { listener: "stratum", client: String(member.number), worker: member.worker };
      if (!member.subscribed || faults.take("reconnect.storm", { labels }) === null) continue;
      left -= 1;
      if (drop === true) member.drop();
      else member.tell("client.reconnect", host === "" && port === 0 ? [] : [host, port, waitSec]);
    }
  };
  const untilNextMs = () => {
    const flood = faults.standing("notify.flood");
    if (flood !== null) return freshMs + 1_000 / Number(flood.params["perSec"]);
    return freshMs + pool.settings.refreshMs;
  };
  const busy = () => miners > 0 && isCurrent();
  const run = async () => {
    if (running) return;
    running = true;
    while (busy()) {
      storm();
      const dueMs = untilNextMs();
      if (dueMs <= clock.nowMs()) {
        if (faults.standing("notify.flood") !== null) faults.take("notify.flood", { labels: {} });
        freshMs = clock.nowMs();
        pool.refresh();
        continue;
      }
      pause = new AbortController();
      await clock.sleepUntil(Math.min(dueMs, clock.nowMs() + LOOK_MS), pause.signal);
    }
    running = false;
  };
  faults.onChange(() => {
    if (!isCurrent()) return;
    storm();
    pause.abort();
  });
  return {
    watch() {
      miners += 1;
      if (miners === 1) freshMs = clock.nowMs();
      void run();
      return () => {
        miners -= 1;
        if (miners === 0) pause.abort();
      };
    },
  };
}
