import { setTimeout as realSleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Service } from "../../service/host.ts";
import { text } from "../../service/http.ts";
import { findDivergence } from "./determinism.ts";
import { bring, echo, knock } from "./sim.testkit.ts";

/** A small world with everything in it that could go astray: chatter, faults, a shell with real work behind it. */
async function trial(seed: number, extra: Service = echo()): Promise<string> {
  const chatter = echo((host) => {
    const loop = async () => {
      for (;;) {
        const pause = 50 + host.random.below(200);
        await host.clock.sleep(pause);
        await host.request({ method: "GET", url: "http://web/", timeoutMs: 400 }).catch(() => null);
      }
    };
    void loop();
  });
  const { stack, inject, revert, sh, events } = await bring(
    { web: { runs: extra, restart: "always" }, one: { runs: chatter }, two: { runs: chatter } },
    seed,
  );
  const probing = (async () => {
    for (let count = 0; count < 100; count++) {
      await knock(stack, "http://web/", 500);
      await stack.clock.sleep(100);
    }
  })();
  await stack.clock.sleep(1_000);
  await inject("crash", { targets: ["web"] });
  await sh(`for n in 1 2 3; do curl -fsS -m 1 $WEB_URL/ || true; sleep 0.5; done; echo '{"a":1}' | jq -c .`);
  await inject("partition", { targets: ["web"], peers: ["one"] });
  await stack.clock.sleep(3_000);
  await revert();
  await probing;
  return `${stack.traceDigest()} ${JSON.stringify(events)}`;
}

test("the same seed gives the same trace and events, whatever ran in between; another seed another one", async () => {
  const first = await trial(7);
  const other = await trial(8);
  expect(await trial(7)).toBe(first);
  expect(other).not.toBe(first);
  expect(await findDivergence(() => trial(9))).toBeNull();
});

test("trials beside each other do not disturb each other", async () => {
  const alone = await trial(7);
  const together = await Promise.all([trial(7), trial(8), trial(7)]);
  expect([together[0], together[2]]).toEqual([alone, alone]);
});

const readsTheClock: Service = async (host) => {
  await host.serve(80, async () => text(200, String(Date.now())));
};

const drawsRandomness: Service = async (host) => {
  await host.serve(80, async () => {
    await host.clock.sleep(Math.random() * 10);
    return text(200, "");
  });
};

test("canary: a stand-in that reads the real clock is caught", async () => {
  const divergence = await findDivergence(async () => {
    await realSleep(3);
    return trial(7, readsTheClock);
  });
  expect(divergence).not.toBeNull();
});

test("canary: a stand-in that draws real randomness is caught", async () => {
  expect(await findDivergence(() => trial(7, drawsRandomness))).not.toBeNull();
});
