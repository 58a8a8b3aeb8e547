import { expect, test } from "vitest";
import { bring, failureOf } from "../../../harness/tier/sim/sim.testkit.ts";
import { echoMock } from "../echo.testkit.ts";
import { mockService } from "./host.ts";

/** The echo mock in the sim tier, asked from outside. */
async function brought() {
  const { stack } = await bring({
    mock: { runs: mockService(echoMock), ports: [echoMock.controlPort], environment: { MOCK_SEED: "7" } },
  });
  const ask = (method: "GET" | "POST" | "PUT", port: number, path: string, body?: object) =>
    stack
      .request({
        method,
        url: `http://mock:${port}${path}`,
        timeoutMs: 10_000,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      .then(({ status, body: text }) => `${status} ${text}`, failureOf);
  return { stack, ask };
}

test("a mock is a service of the sim tier: it answers, and its streams take virtual time", async () => {
  const { stack, ask } = await brought();
  expect(await ask("GET", 7_999, "/healthz")).toContain('"ok":true');
  const startedMs = stack.clock.nowMs();
  const answer = await ask("GET", 7_000, "/stream");
  expect(answer).toMatch(/^200 word-0-.* word-4-/);
  expect(stack.clock.nowMs() - startedMs).toBeGreaterThan(500);
});

test("its faults are those of every mount: a reset is a reset, silence is silence", async () => {
  const { ask } = await brought();
  const put = (kind: string, params = {}) => ask("PUT", 7_999, "/faults/f", { kind, params });
  await put("tcp.reset-on-accept");
  expect(await ask("POST", 7_000, "/echo", {})).toBe("reset");
  await put("tcp.rst", { phase: "body", afterBytes: 5 });
  expect(await ask("POST", 7_000, "/echo", {})).toBe("reset");
  await put("tcp.blackhole");
  expect(await ask("POST", 7_000, "/echo", {})).toBe("timeout");
  await put("overload");
  expect(await ask("POST", 7_000, "/echo", {})).toMatch(/^503/);
  expect(await ask("GET", 7_999, "/journal")).toContain('"kind":"fault.hit"');
});
