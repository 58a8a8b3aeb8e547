import type { MockTime } from "../../core/mock.ts";
import type { Chain } from "../chain/chain.ts";

/** Makes blocks when they are due, as long as somebody waits to be told; else they are made when somebody asks. */
export interface Ticker {
  /** Returns how to leave. */
  join(): () => void;
}

export function createTicker(chain: Chain, clock: MockTime): Ticker {
  let waiting = 0;
  let ticking: AbortController | null = null;

  const tick = async ({ signal }: AbortController) => {
    while (!signal.aborted) {
      await clock.sleepUntil(chain.nextBlockMs(), signal);
      if (!signal.aborted) chain.sync();
    }
  };

  return {
    join() {
      let here = true;
      waiting += 1;
      if (ticking === null) {
        ticking = new AbortController();
        void tick(ticking);
      }
      return () => {
        if (!here) return;
        here = false;
        waiting -= 1;
        if (waiting > 0) return;
        ticking?.abort();
        ticking = null;
      };
    },
  };
}
