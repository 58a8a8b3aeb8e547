import { describe, expect, it } from "vitest";
import { GATEWAY, startGateway } from "./gateway.testkit.ts";

describe("the LLM gateway", () => {
  it("answers from its primary provider, once for each key", async () => {
    const gateway = await startGateway();
    const first = await gateway.chat({ key: "k" });
    expect(first).toMatchObject({ status: 200, from: "primary", ageMs: 0, object: "chat.completion" });
    expect(await gateway.chat({ key: "k", prompt: "something else" })).toEqual(first);
    expect(await gateway.requestsTo("llm-primary")).toBe(1);
    expect((await gateway.ask("GET", `${GATEWAY}/ledger`)).value).toEqual([
      { key: "k", id: "llm-gateway-1", from: "primary", ageMs: 0 },
    ]);
  });

  it("asks once when the same key comes again before there is an answer", async () => {
    const gateway = await startGateway();
    await gateway.fault("llm-primary", "latency", { params: { mean: 1_000 } });
    await gateway.load(1, 10, { key: "twice" });
    expect(await gateway.chat({ key: "twice" })).toMatchObject({ status: 200, id: "llm-gateway-1" });
    expect(await gateway.requestsTo("llm-primary")).toBe(1);
  });

  it("takes OpenAI's messages, and refuses what is no question", async () => {
    const gateway = await startGateway();
    const messages = [{ role: "user", content: "hello" }];
    expect(await gateway.chat({ prompt: undefined, messages })).toMatchObject({ status: 200 });
    expect(await gateway.chat({ prompt: "" })).toMatchObject({ status: 400 });
    expect(await gateway.chat({ key: 7 })).toMatchObject({ status: 400 });
  });

  it("retries what is worth it, and waits as long as it is told", async () => {
    const gateway = await startGateway();
    await gateway.fault("llm-primary", "error", {
      params: { name: "rate_requests", retryAfterMs: 700 },
      count: 1,
    });
    const before = gateway.time.nowMs();
    expect(await gateway.chat()).toMatchObject({ from: "primary" });
    expect(gateway.time.nowMs() - before).toBeGreaterThanOrEqual(700);
    expect(await gateway.status()).toMatchObject({ retryRate: 1, errorRate: 0 });
  });

  it("does not repeat a request that is wrong, and does not blame the provider for it", async () => {
    const gateway = await startGateway();
    await gateway.fault("llm-primary", "error", { params: { name: "bad_request" } });
    for (let at = 0; at < 6; at++) expect(await gateway.chat()).toMatchObject({ status: 400 });
    expect(await gateway.requestsTo("llm-primary")).toBe(6);
    expect(await gateway.status()).toMatchObject({ breaker: "closed", retryRate: 0 });
  });

  it("spends no more retries than its budget: a failing provider gets little more than its clients send", async () => {
    const gateway = await startGateway({ BREAKER: "off" });
    await gateway.fault("llm-primary", "overload.http");
    await gateway.load(60, 50, { cache: false });
    await gateway.time.advance(5_000);
    // 60 requests, the burst of 5, and one more for each ten.
    const asked = await gateway.requestsTo("llm-primary");
    expect(asked).toBeGreaterThanOrEqual(65);
    expect(asked).toBeLessThanOrEqual(71);
  });

  it("opens its breaker after five failures, and lets no client ask until two trials went well", async () => {
    const gateway = await startGateway();
    await gateway.fault("llm-primary", "overload.http");
    await gateway.load(10, 200);
    expect(await gateway.status()).toMatchObject({ breaker: "open", preferred: "primary" });
    const asked = await gateway.requestsTo("llm-primary");
    await gateway.load(10, 200);
    expect(await gateway.requestsTo("llm-primary")).toBe(asked);
    expect(await gateway.chat()).toMatchObject({ from: "fallback" });
    // Five seconds after it opened, one trial fails: open again.
    await gateway.time.advance(6_000);
    expect(await gateway.requestsTo("llm-primary")).toBe(asked + 1);
    await gateway.heal("llm-primary", "overload.http");
    await gateway.time.advance(8_000);
    expect(await gateway.status()).toMatchObject({ breaker: "closed" });
    expect(await gateway.chat()).toMatchObject({ from: "primary" });
  });

  it("keeps its deadline when the provider hangs, and still has time for the fallback", async () => {
    const gateway = await startGateway();
    await gateway.fault("llm-primary", "tcp.blackhole");
    const before = gateway.time.nowMs();
    expect(await gateway.chat()).toMatchObject({ status: 200, from: "fallback" });
    expect(gateway.time.nowMs() - before).toBeLessThan(2_000);
    await gateway.fault("llm-fallback", "tcp.blackhole");
    const both = gateway.time.nowMs();
    expect(await gateway.chat()).toMatchObject({ status: 503 });
    expect(gateway.time.nowMs() - both).toBeLessThanOrEqual(4_100);
  });

  it("uses the fallback by itself only as far as it may, until a person prefers it", async () => {
    const gateway = await startGateway({ FALLBACK_ALLOWANCE: "12" });
    await gateway.fault("llm-primary", "overload.http");
    await gateway.load(30, 100, { cache: false });
    expect(await gateway.status()).toMatchObject({ fallbackAllowance: 0 });
    expect(await gateway.chat()).toMatchObject({ status: 503 });
    expect((await gateway.ask("GET", `${GATEWAY}/healthz`)).status).toBe(503);
    await gateway.prefer("fallback");
    for (let at = 0; at < 20; at++) expect(await gateway.chat()).toMatchObject({ from: "fallback" });
    await gateway.heal("llm-primary", "overload.http");
    await gateway.time.advance(10_000);
    expect((await gateway.ask("GET", `${GATEWAY}/healthz`)).status).toBe(200);
    await gateway.prefer("primary");
    expect(await gateway.chat()).toMatchObject({ from: "primary" });
    expect(await gateway.status()).toMatchObject({ fallbackAllowance: 12 });
    expect((await gateway.prefer("other")).status).toBe(400);
  });

  it("answers from its cache when nobody else can, says how old it is, and never beyond the maximum age", async () => {
    const gateway = await startGateway({ CACHE_MAX_AGE_MS: "10000", FALLBACK_ALLOWANCE: "0" });
    const fresh = await gateway.chat({ prompt: "same" });
    await gateway.fault("llm-primary", "overload.http");
    await gateway.time.advance(2_000);
    const kept = await gateway.chat({ prompt: "same" });
    expect(kept).toMatchObject({ from: "cache", choices: fresh["choices" as keyof typeof fresh] });
    expect(Number(kept["ageMs" as keyof typeof kept])).toBeGreaterThanOrEqual(2_000);
    expect(await gateway.chat({ prompt: "same", cache: false })).toMatchObject({ status: 503 });
    await gateway.time.advance(10_000);
    expect(await gateway.chat({ prompt: "same" })).toMatchObject({ status: 503 });
  });

  it("without a breaker goes on asking a provider that hangs", async () => {
    const gateway = await startGateway({ BREAKER: "off" });
    await gateway.fault("llm-primary", "tcp.blackhole");
    await gateway.load(20, 200);
    await gateway.time.advance(2_000);
    expect(await gateway.requestsTo("llm-primary")).toBe(20);
    expect(await gateway.status()).toMatchObject({ breaker: "closed" });
  });
});
