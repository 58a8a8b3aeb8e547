import { expect, test } from "vitest";
import { bring, failureOf } from "../../harness/tier/sim/sim.testkit.ts";
import gpu from "./stand-in.ts";
import llm from "../llm/stand-in.ts";

test("on the sim tier too: the LLM of a throttled GPU takes longer, by virtual time", async () => {
  const { stack } = await bring({
    llm: {
      runs: llm,
      ports: [8_499],
      environment: { MOCK_SEED: "7", MOCK_SETTINGS: "engine=8b-h100 reply=one-two-three" },
    },
    gpu: {
      runs: gpu,
      ports: [9_499],
      environment: { MOCK_SEED: "7", MOCK_SETTINGS: "slows=http://llm:8499" },
    },
  });
  const ask = (method: "POST" | "PUT", url: string, body: object) =>
    stack
      .request({ method, url, timeoutMs: 60_000, body: JSON.stringify(body) })
      .then(({ status }) => status, failureOf);
  const tookMs = async () => {
    const startedMs = stack.clock.nowMs();
    const body = { model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] };
    const status = await stack
      .request({
        method: "POST",
        url: "http://llm:8400/v1/chat/completions",
        timeoutMs: 60_000,
        headers: { authorization: "Bearer x" },
        body: JSON.stringify(body),
      })
      .then((answer) => answer.status, failureOf);
    expect(status).toBe(200);
    return stack.clock.nowMs() - startedMs;
  };
  const healthyMs = await tookMs();
  expect(await ask("PUT", "http://gpu:9499/faults/cap", { kind: "powerCap", params: { watts: 200 } })).toBe(
    200,
  );
  await stack.clock.sleep(5_000);
  expect(await tookMs()).toBeGreaterThan(healthyMs * 1.2);
});
