import { expect, test } from "vitest";
import { FAULT_KINDS } from "../../../fault/kinds.ts";
import type { FaultKind } from "../../../fault/kinds.ts";
import { simCapabilities } from "../capabilities.ts";
import { bring, echo, failureOf } from "../sim.testkit.ts";
import type { TestService } from "../sim.testkit.ts";

/** What a neighbour in the stack sees of its target, each time it looks. */
function watcher(target: string): { service: TestService; saw: { answer: string; tookMs: number }[] } {
  const saw: { answer: string; tookMs: number }[] = [];
  const runs = echo((host) => {
    const loop = async () => {
      for (;;) {
        const startMs = host.clock.nowMs();
        const asked = host.request({ method: "GET", url: `http://${target}/`, timeoutMs: 1_000 });
        const answer = await asked.then(({ status }) => String(status), failureOf);
        saw.push({ answer, tookMs: host.clock.nowMs() - startMs });
        await host.clock.sleep(100);
      }
    };
    void loop();
  });
  return { service: { runs }, saw };
}

test("every kind that is not impossible has an injector, and no other", async () => {
  const { stack } = await bring({ web: { runs: echo() } });
  const possible = FAULT_KINDS.filter((kind) => simCapabilities[kind].grade !== "impossible");
  expect(Object.keys(stack.injectors).toSorted()).toEqual(possible.toSorted());
});

const EFFECTS: [FaultKind, Record<string, number>, string, Partial<Record<string, unknown>>][] = [
  ["kill", {}, "refused", { state: "exited", exitCode: 137 }],
  ["crash", {}, "refused", { state: "exited", exitCode: 137 }],
  ["stop", {}, "refused", { state: "exited", exitCode: 0 }],
  ["db-outage", {}, "refused", { state: "exited", exitCode: 137 }],
  ["data-loss", {}, "refused", { state: "exited", exitCode: 137 }],
  ["memory-pressure", {}, "refused", { state: "exited", exitCode: 137, oomKilled: true }],
  ["node-loss", {}, "timeout", { state: "exited", exitCode: 137 }],
  ["pause", {}, "timeout", { state: "paused" }],
  ["partition", {}, "timeout", { state: "running" }],
  ["latency", { delayMs: 600 }, "timeout", { state: "running" }],
];

test.each(EFFECTS)(
  "%s: a neighbour sees it, the undo ends it, the fingerprint is as before",
  async (...row) => {
    const [kind, params, answer, state] = row;
    const { service, saw } = watcher("web");
    const { stack, inject, revert } = await bring({
      web: { runs: echo(), volumes: { data: "/data" } },
      neighbour: service,
    });
    await stack.clock.sleep(2_000);
    expect(saw.at(-1)?.answer).toBe("200");
    const before = await stack.fingerprint();

    const injector = stack.injectors[kind];
    const fault = { id: "f", kind, targets: ["web"], peers: [], params, ttlMs: 600_000 };
    const prepared = await injector?.prepare(fault);
    expect(await stack.fingerprint()).toEqual(before);
    expect(await prepared?.confirm()).toMatchObject({ confirmed: false });
    await inject(kind, { targets: ["web"], params });
    await stack.clock.sleep(3_000);
    expect(saw.at(-1)?.answer).toBe(answer);
    expect(await stack.state("web")).toMatchObject(state);
    expect(await stack.fingerprint()).not.toEqual(before);
    for (const action of prepared?.undo ?? []) {
      expect(JSON.parse(JSON.stringify(action))).toEqual(action);
      if (kind !== "partition" && kind !== "latency")
        expect(await stack.audit(action)).toMatchObject({ clean: false });
    }

    await revert();
    await revert();
    await stack.clock.sleep(3_000);
    expect(saw.at(-1)?.answer).toBe("200");
    for (const action of prepared?.undo ?? [])
      expect(await stack.audit(action)).toMatchObject({ clean: true });
    expect(await stack.fingerprint()).toEqual(before);
  },
);

test("cpu-stress: the target's answers come later, and on time again afterwards", async () => {
  const { service, saw } = watcher("web");
  const { stack, inject, revert } = await bring({ web: { runs: echo() }, neighbour: service });
  const mean = async () => {
    saw.length = 0;
    await stack.clock.sleep(20_000);
    return saw.reduce((sum, { tookMs }) => sum + tookMs, 0) / saw.length;
  };
  const before = await mean();
  await inject("cpu-stress", { targets: ["web"], params: { cores: 4 } });
  expect(await mean()).toBeGreaterThan(before + 10);
  await revert();
  expect(Math.abs((await mean()) - before)).toBeLessThan(1);
});

test("dns-failure: the target's own look-ups fail, nobody else's", async () => {
  const { service, saw } = watcher("web");
  const other = watcher("neighbour");
  const { stack, inject, revert } = await bring({
    web: { runs: echo() },
    neighbour: service,
    other: other.service,
  });
  await inject("dns-failure", { targets: ["neighbour"] });
  await stack.clock.sleep(3_000);
  expect([saw.at(-1)?.answer, other.saw.at(-1)?.answer]).toEqual(["timeout", "200"]);
  await revert();
  await stack.clock.sleep(3_000);
  expect(saw.at(-1)?.answer).toBe("200");
});

test("node-loss takes everything on the node, and only that; Compose brings it back", async () => {
  const services = {
    a: { runs: echo(), node: "n1" },
    b: { runs: echo(), node: "n1" },
    c: { runs: echo(), node: "n2" },
  };
  const { stack, inject, sh } = await bring(services);
  const evidence = await inject("node-loss", { targets: ["a"] });
  expect(evidence).toContain("b: gone");
  const states = async () =>
    Promise.all(["a", "b", "c"].map(async (name) => (await stack.state(name)).state));
  expect(await states()).toEqual(["exited", "exited", "running"]);
  await sh("docker compose start a b; sleep 2; curl -fsS http://b/");
  expect(await states()).toEqual(["running", "running", "running"]);
});

test("an effect with a TTL removes itself", async () => {
  const { service, saw } = watcher("web");
  const { stack, inject } = await bring({ web: { runs: echo() }, neighbour: service });
  await inject("pause", { targets: ["web"], ttlMs: 5_000 });
  await inject("partition", { targets: ["web"], ttlMs: 5_000 });
  await stack.clock.sleep(3_000);
  expect(saw.at(-1)?.answer).toBe("timeout");
  await stack.clock.sleep(10_000);
  expect(saw.at(-1)?.answer).toBe("200");
});

test("what is down already can't be hit, and an unknown volume or undo is an error", async () => {
  const { stack, inject } = await bring({ web: { runs: echo() } });
  await expect(inject("data-loss", { targets: ["web"], params: { volume: "nope" } })).rejects.toMatchObject({
    code: "USAGE_FAULT",
  });
  await expect(inject("partition", { targets: ["web"], peers: ["nobody"] })).rejects.toMatchObject({
    code: "USAGE_SELECTION",
  });
  await inject("kill", { targets: ["web"] });
  await expect(inject("kill", { targets: ["web"] })).rejects.toMatchObject({ code: "RUN_FAULT" });
  await expect(stack.undo({ op: "iptables", args: {} })).rejects.toMatchObject({ code: "USAGE_FAULT" });
});
