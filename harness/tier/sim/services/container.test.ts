import { expect, test } from "vitest";
import type { Host } from "../../../service/host.ts";
import { text } from "../../../service/http.ts";
import { bring, echo, knock } from "../sim.testkit.ts";

/** Never answers, except to its health check. */
async function silent(host: Host): Promise<void> {
  await host.serve(80, async ({ path }) => {
    if (path === "/") await host.clock.sleep(1_000_000);
    return text(200, "");
  });
}

async function sick(host: Host): Promise<void> {
  host.log("I feel sick");
  await host.serve(80, async () => text(503, ""));
}

test("after a kill nothing of a process goes on: no timer, no answer, no finally", async () => {
  const seen: string[] = [];
  const service = echo((host) => {
    const loop = async () => {
      try {
        for (;;) {
          await host.clock.sleep(100);
          seen.push("tick");
        }
      } finally {
        seen.push("finally");
      }
    };
    const asking = async () => {
      try {
        await host.request({ method: "GET", url: "http://silent/", timeoutMs: 60_000 });
      } catch {
        seen.push("answer");
      }
    };
    void loop();
    void asking();
  });
  const { stack, inject } = await bring({ web: { runs: service }, silent: { runs: silent } });
  await inject("kill", { targets: ["web"] });
  seen.length = 0;
  await stack.clock.sleep(120_000);
  expect(seen).toEqual([]);
});

test("what a dead process still starts has no effect", async () => {
  let zombie: Host | null = null;
  const { stack, inject } = await bring({ web: { runs: echo((host) => (zombie ??= host)) } });
  await inject("kill", { targets: ["web"] });
  const host = zombie as unknown as Host;
  host.log("from the grave");
  await host.serve(81, async () => text(200, ""));
  void host.request({ method: "GET", url: "http://web/", timeoutMs: 10 }).finally(() => expect.unreachable());
  await stack.undo({ op: "start", args: { services: ["web"] } });
  await stack.clock.sleep(2_000);
  expect(await knock(stack, "http://web:81/")).toBe("refused");
  expect(await stack.logs("web")).not.toContain("grave");
});

test("a paused process sleeps through its timers and catches up", async () => {
  const ticks: number[] = [];
  const service = echo((host) => {
    const loop = async () => {
      for (;;) {
        await host.clock.sleep(1_000);
        ticks.push(host.clock.nowMs());
      }
    };
    void loop();
  });
  const { stack, inject, revert } = await bring({ web: { runs: service } });
  await inject("pause", { targets: ["web"] });
  const before = ticks.length;
  await stack.clock.sleep(10_000);
  expect(ticks.length).toBe(before);
  expect(await stack.state("web")).toMatchObject({ state: "paused", exitCode: null });
  await revert();
  await stack.clock.sleep(2_500);
  // One timer was due during the pause; the next one counts from when it was served.
  expect(ticks.length).toBe(before + 3);
});

test("a crash is restarted by the policy, later each time; a good run starts the count anew", async () => {
  const { stack, events } = await bring({ web: { runs: echo(), restart: "always" } });
  const crash = async (afterMs: number) => {
    await stack.clock.sleep(afterMs);
    events.length = 0;
    const startMs = stack.clock.nowMs();
    const prepared = await stack.injectors.crash?.prepare({
      id: "c",
      kind: "crash",
      targets: ["web"],
      peers: [],
      params: {},
      ttlMs: 1,
    });
    await prepared?.apply();
    expect(await prepared?.confirm()).toMatchObject({ confirmed: true });
    while ((await stack.state("web")).state !== "running") await stack.clock.sleep(10);
    expect(events).toMatchObject([
      { kind: "service.state", state: "restarting", exitCode: 137 },
      { kind: "service.state", state: "running" },
    ]);
    return Math.round(stack.clock.nowMs() - startMs);
  };
  const delays: number[] = [];
  for (let count = 0; count < 12; count++) delays.push(await crash(1_000));
  expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  expect(await crash(10_000)).toBe(100);
});

test("an operator's kill or stop is no crash: no policy acts", async () => {
  for (const verb of ["kill", "stop"]) {
    const { stack, sh } = await bring({ web: { runs: echo(), restart: "always" } });
    await sh(`docker compose ${verb} web`);
    await stack.clock.sleep(120_000);
    const exitCode = verb === "kill" ? 137 : 0;
    expect(await stack.state("web")).toEqual({ service: "web", state: "exited", exitCode, oomKilled: false });
  }
});

test("without a policy a crash stays down; on-failure does not mind an exit status 0", async () => {
  for (const [restart, state] of [
    ["no", "exited"],
    ["on-failure", "running"],
    ["unless-stopped", "running"],
  ] as const) {
    const { stack, inject } = await bring({ web: { runs: echo(), restart } });
    await inject("crash", { targets: ["web"] });
    await stack.clock.sleep(1_000);
    expect(await stack.state("web"), restart).toMatchObject({ state });
  }
});

test("a program that fails while it starts exits with status 1", async () => {
  let fails = false;
  const service = async (host: Host) => {
    if (fails) throw new Error("no configuration");
    await echo()(host);
  };
  const { stack, sh } = await bring({ web: { runs: service } });
  fails = true;
  await sh("docker compose restart web");
  await stack.clock.sleep(2_000);
  expect(await stack.state("web")).toMatchObject({ state: "exited", exitCode: 1 });
  expect(await stack.logs("web")).toContain("no configuration");
});

test("services start in the order of depends_on, each when the one before is healthy", async () => {
  const order: string[] = [];
  const healthyAfter = (ms: number) => async (host: Host) => {
    order.push(host.name);
    await host.serve(80, async () => text(host.clock.nowMs() >= ms ? 200 : 503, ""));
  };
  const { stack } = await bring({
    last: { runs: healthyAfter(0), dependsOn: [{ service: "slow", condition: "service_healthy" }] },
    slow: { runs: healthyAfter(5_000), dependsOn: [{ service: "first", condition: "service_started" }] },
    first: { runs: healthyAfter(0) },
  });
  expect(order.at(-1)).toBe("last");
  expect(stack.clock.nowMs()).toBeGreaterThan(5_000);
  expect(await stack.logs("last")).toBe("");
});

test("a stack that can't get healthy says which service, and what its log says", async () => {
  await expect(bring({ web: { runs: sick } })).rejects.toMatchObject({
    code: "RUN_STACK",
    message: expect.stringContaining("web"),
    received: expect.stringContaining("I feel sick"),
  });
});
