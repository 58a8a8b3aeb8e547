import { expect, test } from "vitest";
import OpenAI from "openai";
import { FREE_PORTS, testMock } from "../core/echo.testkit.ts";
import { serveMock } from "../core/mount/standalone.ts";
import { llmMock } from "../llm/llm.ts";
import { gpuMock } from "./gpu.ts";

const CHAT = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Why does the queue wait?" }] };

test("a GPU that throttles slows the LLM down, one that is lost stops it, and a good one lets it go", async () => {
  const llm = testMock(llmMock, {
    mode: { kind: "jump" },
    settings: { engine: "8b-h100", reply: "one two three four five six" },
  });
  const llmServer = await serveMock(llm, FREE_PORTS);
  const gpu = testMock(gpuMock, {
    mode: { kind: "frozen" },
    settings: { slows: `http://127.0.0.1:${llmServer.controlPort}` },
  });
  const gpuServer = await serveMock(gpu, FREE_PORTS);
  const openai = new OpenAI({
    apiKey: "x",
    baseURL: `http://127.0.0.1:${llmServer.ports["api"]}/v1`,
    maxRetries: 0,
  });
  const slowed = () => llm.faults.list().find(({ id }) => id === "gpu");
  /** How long the LLM's engine takes, by its own clock. */
  const tookMs = async () => {
    const before = llm.clock.nowMs();
    await openai.chat.completions.create(CHAT);
    return llm.clock.nowMs() - before;
  };
  try {
    const healthyMs = await tookMs();
    gpu.faults.put("cap", { kind: "powerCap", params: { watts: 200 } });
    await gpu.clock.advance(5_000);
    await expect.poll(slowed, { timeout: 20_000 }).toMatchObject({ kind: "engine.slow" });
    expect(slowed()?.params["factor"]).toBeCloseTo(1.63, 1);
    expect(await tookMs()).toBeGreaterThan(healthyMs * 1.2);

    gpu.faults.put("gone", { kind: "busDrop", params: { heal: true } });
    await expect.poll(slowed, { timeout: 20_000 }).toMatchObject({ kind: "error" });
    await expect(openai.chat.completions.create(CHAT)).rejects.toMatchObject({ status: 503 });

    gpu.faults.delete("gone");
    gpu.faults.delete("cap");
    await gpu.clock.advance(5_000);
    await expect.poll(slowed, { timeout: 20_000 }).toBeUndefined();
    expect(await tookMs()).toBeLessThan(healthyMs * 1.4);
  } finally {
    await gpuServer.close();
    await llmServer.close();
  }
});
