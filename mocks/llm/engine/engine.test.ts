import { expect, test } from "vitest";
import { testMock } from "../../core/echo.testkit.ts";
import { answerInProcess, toWebResponse } from "../../core/mount/in-process.ts";
import type { HttpListener } from "../../core/http.ts";
import { metricsText } from "../../core/metrics-text.ts";
import { llmMock } from "../llm.ts";

/** A mock on a jumping clock that is asked without a socket. */
function engine(settings: Record<string, string>) {
  const mock = testMock(llmMock, { settings: { engine: "8b-h100", ...settings } });
  const listener = mock.built.listeners[0] as HttpListener;
  const ask = async (words = 1, gone = new AbortController()) => {
    const startedMs = mock.clock.nowMs();
    const body = {
      model: "gpt-4o",
      messages: [{ role: "user", content: "why ".repeat(words) }],
      max_tokens: 20,
    };
    const outcome = await answerInProcess(
      mock,
      listener,
      {
        method: "POST",
        path: "/v1/chat/completions",
        search: "",
        headers: { authorization: "Bearer k" },
        body: Buffer.from(JSON.stringify(body)),
      },
      gone.signal,
    );
    const response = await toWebResponse(outcome, gone.signal);
    await response?.text();
    return { status: response?.status ?? 0, ms: mock.clock.nowMs() - startedMs };
  };
  const state = () =>
    mock.built.state() as {
      engine: { running: number; waiting: number; preemptions: number; kvUsage: number };
    };
  return { mock, ask, state: () => state().engine };
}

test("latency follows load: a full batch decodes slower, and who finds no slot waits", async () => {
  const alone = engine({ slots: "8" });
  const single = (await alone.ask()).ms;
  const full = engine({ slots: "8" });
  const batch = await Promise.all(Array.from({ length: 8 }, () => full.ask()));
  expect(Math.max(...batch.map(({ ms }) => ms))).toBeGreaterThan(single * 1.3);
  const queued = engine({ slots: "1" });
  const waits = (await Promise.all(Array.from({ length: 4 }, () => queued.ask()))).map(({ ms }) => ms);
  expect(waits[3]).toBeGreaterThan((waits[0] ?? 0) * 3);
});

test("a longer prompt takes longer to its first token", async () => {
  const short = engine({});
  const long = engine({});
  expect((await long.ask(4_000)).ms).toBeGreaterThan((await short.ask(1)).ms + 200);
});

test("a full queue is an overload", async () => {
  const { ask } = engine({ slots: "1", maxQueue: "2" });
  const statuses = (await Promise.all(Array.from({ length: 5 }, () => ask()))).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 200, 200, 503, 503]);
});

test("without room in the KV cache requests are preempted, and all end all the same", async () => {
  const { ask, state } = engine({ slots: "8", kvTokens: "60" });
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask()));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(state()).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
  expect(state().preemptions).toBeGreaterThan(0);
});

test("a client that goes gives its slot back, running or waiting", async () => {
  const { ask, state } = engine({ slots: "1" });
  const gone = [new AbortController(), new AbortController()];
  const lost = gone.map((controller) => ask(1, controller));
  const kept = ask();
  for (const controller of gone) controller.abort();
  expect((await kept).status).toBe(200);
  await Promise.all(lost);
  expect(state()).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
});

test("vLLM's metrics tell what the clients saw, queue included", async () => {
  const { ask, mock } = engine({ slots: "1" });
  const answers = await Promise.all([ask(), ask()]);
  const page = metricsText(mock.built.metrics());
  const value = (name: string) =>
    Number(new RegExp(`^vllm:${name}\\{model_name="gpt-4o",engine="0"\\} (\\S+)$`, "m").exec(page)?.[1]);
  expect(value("e2e_request_latency_seconds_count")).toBe(2);
  expect(value("e2e_request_latency_seconds_sum") * 1_000).toBeCloseTo(
    answers.reduce((sum, { ms }) => sum + ms, 0),
    3,
  );
  // The second's first token came after the whole of the first.
  expect(value("time_to_first_token_seconds_sum") * 1_000).toBeGreaterThan(answers[0]?.ms ?? 0);
  expect(value("num_requests_running")).toBe(0);
  expect(page).toMatch(/^vllm:kv_cache_usage_perc\{/m);
  expect(metricsText(engine({ vllm: "v0" }).mock.built.metrics())).toMatch(/^vllm:gpu_cache_usage_perc\{/m);
});
