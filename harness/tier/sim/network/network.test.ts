import { expect, test } from "vitest";
import type { Host } from "../../../service/host.ts";
import { text } from "../../../service/http.ts";
import { bring, echo, failureOf, knock } from "../sim.testkit.ts";

/** Asks `url` from inside a service each second and keeps the answers with their times. */
function asker(url: string, timeoutMs: number, everyMs = 1_000) {
  const answers: string[] = [];
  const service = echo((host) => {
    const loop = async () => {
      for (;;) {
        const answer = host
          .request({ method: "GET", url, timeoutMs })
          .then(({ status }) => String(status), failureOf);
        answers.push(await answer);
        await host.clock.sleep(everyMs);
      }
    };
    void loop();
  });
  return { service, answers };
}

test("an answer comes back, and tells who asked", async () => {
  const { stack } = await bring({ web: { runs: echo() } });
  const response = await stack.request({
    method: "POST",
    url: "http://web/a?b=1",
    body: "hi",
    timeoutMs: 1_000,
  });
  expect(response).toMatchObject({ status: 200, body: "web /a?b=1 hi outside" });
});

async function throwing(host: Host): Promise<void> {
  await host.serve(80, async ({ path }) => {
    if (path === "/health") return text(200, "");
    throw new Error("no good");
  });
}

test("a handler that throws answers 500, and its log says why", async () => {
  const { stack } = await bring({ web: { runs: throwing } });
  expect(await knock(stack, "http://web/")).toBe(500);
  expect(await stack.logs("web")).toContain("no good");
});

test("unknown names do not resolve; those that services ask for are counted", async () => {
  const { service, answers } = asker("http://api.example.com/", 500);
  const { stack } = await bring({ web: { runs: service } });
  expect(await knock(stack, "http://nobody/")).toBe("unresolved");
  await stack.clock.sleep(2_000);
  expect(new Set(answers)).toEqual(new Set(["unresolved"]));
  const { attempts, detail } = await stack.outsideAttempts();
  expect(attempts).toBe(answers.length);
  expect(detail).toContain("web → api.example.com");
});

test("a dead process refuses at once; a cut-off, paused or lost one is silent", async () => {
  const { service, answers } = asker("http://web/", 300);
  const { stack, inject, revert } = await bring({ web: { runs: echo() }, client: { runs: service } });
  for (const [kind, expected] of [
    ["kill", "refused"],
    ["partition", "timeout"],
    ["pause", "timeout"],
    ["node-loss", "timeout"],
  ] as const) {
    await inject(kind, { targets: ["web"] });
    await stack.clock.sleep(1_500);
    answers.length = 0;
    await stack.clock.sleep(2_000);
    expect(new Set(answers), kind).toEqual(new Set([expected]));
    expect(await knock(stack, "http://web/", 300), kind).toBe(expected);
    await revert();
    await stack.clock.sleep(3_000);
    expect(answers.at(-1), kind).toBe("200");
  }
});

test("a port on which nobody listens refuses", async () => {
  const { stack } = await bring({ web: { runs: echo() } });
  expect(await knock(stack, "http://web:81/")).toBe("refused");
});

/** Takes a minute for `/slow`. */
async function slow(host: Host): Promise<void> {
  await host.serve(80, async ({ path }) => {
    if (path === "/slow") await host.clock.sleep(60_000);
    return text(200, "");
  });
}

test("whoever dies in the middle of a request resets it", async () => {
  const { stack, sh } = await bring({ web: { runs: slow } });
  const asked = knock(stack, "http://web/slow", 120_000);
  await stack.clock.sleep(10);
  await sh("docker compose kill web");
  expect(await asked).toBe("reset");
  expect(stack.clock.nowMs()).toBeLessThan(10_000);
});

test("a one-way cut lets requests in and no answers out, or the other way round", async () => {
  const served: string[] = [];
  const web = async (host: Host) => {
    await host.serve(80, async ({ path }) => {
      served.push(path);
      // Long enough for the cut to come between the request and its answer.
      if (path === "/work") await host.clock.sleep(100);
      return text(200, "");
    });
  };
  const { stack, inject, revert } = await bring({ web: { runs: web } });
  const asked = knock(stack, "http://web/work", 2_000);
  await stack.clock.sleep(50);
  await inject("partition", { targets: ["web"], params: { direction: "out" } });
  expect(await asked).toBe("timeout");
  expect(served).toContain("/work");
  await revert();
  served.length = 0;
  await inject("partition", { targets: ["web"], params: { direction: "in" } });
  expect(await knock(stack, "http://web/never", 2_000)).toBe("timeout");
  await revert();
  await stack.clock.sleep(120_000);
  expect(served).not.toContain("/never");
});

test("a cut between two peers leaves everyone else alone", async () => {
  const one = asker("http://web/", 300);
  const two = asker("http://web/", 300);
  const services = { web: { runs: echo() }, one: { runs: one.service }, two: { runs: two.service } };
  const { stack, inject } = await bring(services);
  await inject("partition", { targets: ["web"], peers: ["one"] });
  await stack.clock.sleep(3_000);
  expect([one.answers.at(-1), two.answers.at(-1)]).toEqual(["timeout", "200"]);
  expect(await knock(stack, "http://web/", 300)).toBe(200);
});

test("a cut that heals in time only delays: TCP repeats what was lost", async () => {
  const { stack, inject, revert } = await bring({ web: { runs: echo() } });
  await inject("partition", { targets: ["web"] });
  const startMs = stack.clock.nowMs();
  const asked = knock(stack, "http://web/", 10_000);
  await stack.clock.sleep(2_500);
  await revert();
  expect(await asked).toBe(200);
  // The connection request went out again after 1 s and after 3 s.
  expect(stack.clock.nowMs() - startMs).toBeGreaterThanOrEqual(3_000);
  expect(stack.clock.nowMs() - startMs).toBeLessThan(3_100);
});

test("a request that was on its way is still executed after its caller gave up", async () => {
  const served: string[] = [];
  const web = async (host: Host) => {
    await host.serve(80, async ({ body }) => {
      if (body !== "") served.push(`${body}@${Math.floor(host.clock.nowMs() / 1_000)}`);
      return text(200, "");
    });
  };
  const { stack, inject, revert } = await bring({ web: { runs: web } });
  // With 500 ms on its way, the request is cut off between the handshake and its arrival.
  await inject("latency", { targets: ["web"], params: { delayMs: 500 } });
  const asked = stack.request({ method: "POST", url: "http://web/", body: "write", timeoutMs: 2_000 });
  const outcome = asked.then(({ status }) => status, failureOf);
  await stack.clock.sleep(100);
  await inject("partition", { targets: ["web"] });
  expect(await outcome).toBe("timeout");
  expect(served).toEqual([]);
  await stack.clock.sleep(5_000);
  await revert();
  await stack.clock.sleep(13_000);
  expect(served).toHaveLength(1);
});

test("a paused service reads what came meanwhile, when it goes on", async () => {
  const { stack, inject, revert } = await bring({ web: { runs: counting() } });
  await inject("pause", { targets: ["web"] });
  expect(await knock(stack, "http://web/count", 500)).toBe("timeout");
  await stack.clock.sleep(5_000);
  await revert();
  const response = await stack.request({ method: "GET", url: "http://web/count", timeoutMs: 500 });
  expect(response.body).toBe("2");
});

function counting() {
  return async (host: Host) => {
    let count = 0;
    await host.serve(80, async ({ path }) => text(200, path === "/count" ? String(++count) : ""));
  };
}

test("latency and its jitter add to what the target sends and receives", async () => {
  const { stack, inject } = await bring({ web: { runs: echo() } });
  await inject("latency", { targets: ["web"], params: { delayMs: 200, jitterMs: 50 } });
  const took: number[] = [];
  for (let count = 0; count < 20; count++) {
    const startMs = stack.clock.nowMs();
    await knock(stack, "http://web/", 5_000);
    took.push(stack.clock.nowMs() - startMs);
  }
  expect(Math.min(...took)).toBeGreaterThan(300);
  expect(Math.max(...took)).toBeLessThan(510);
  expect(new Set(took).size).toBeGreaterThan(10);
});
