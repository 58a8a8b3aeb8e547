import { expect, test } from "vitest";
import { mockService } from "../../../../mocks/core/mount/host.ts";
import { llmMock } from "../../../../mocks/llm/llm.ts";
import type { Host } from "../../../service/host.ts";
import { bring, echo, failureOf } from "../sim.testkit.ts";
import type { TestService, TestStack } from "../sim.testkit.ts";

const QUESTION = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });
const HEADERS = { "content-type": "application/json", authorization: "Bearer key-a" };

/** A client of the mock that asks twice a second. */
function asker(): { service: TestService; saw: string[] } {
  const saw: string[] = [];
  const url = "http://llm:8400/v1/chat/completions";
  const ask = async (host: Host) => {
    for (;;) {
      const answer = host.request({
        method: "POST",
        url,
        headers: HEADERS,
        body: QUESTION,
        timeoutMs: 1_000,
      });
      saw.push(await answer.then(({ status }) => String(status), failureOf));
      await host.clock.sleep(500);
    }
  };
  return { service: { runs: echo((host) => void ask(host)) }, saw };
}

const LLM: TestService = { runs: mockService(llmMock), mock: "llm", ports: [8_400, 8_499] };

async function stackWithMock(): Promise<TestStack & { saw: string[] }> {
  const { service, saw } = asker();
  const stack = await bring({ llm: LLM, client: service });
  await stack.stack.clock.sleep(2_000);
  expect(saw.at(-1)).toBe("200");
  return { ...stack, saw };
}

const DOWN = { fault: "error", params: { name: "unavailable" } } as const;

test("a client sees the mock's fault from its confirmation until it is undone, and the audit says that it is gone", async () => {
  const { stack, saw } = await stackWithMock();
  const injector = stack.injectors["mock"]!;
  const fault = {
    id: "down",
    kind: "mock",
    targets: ["llm"],
    peers: [],
    params: DOWN,
    ttlMs: 60_000,
  } as const;
  const prepared = await injector.prepare(fault);
  expect(await prepared.confirm()).toMatchObject({ confirmed: false });
  await prepared.apply();
  const { evidence } = await prepared.confirm();
  expect(evidence).toBe("llm: error stands in the mock: 0 hits so far");
  await stack.clock.sleep(2_000);
  expect(saw.at(-1)).toBe("503");
  const [undo] = prepared.undo;
  expect(JSON.parse(JSON.stringify(undo))).toEqual(undo);
  expect(await stack.audit(undo!)).toEqual({ clean: false, detail: "fault down still stands at llm" });
  const tally = await prepared.tally?.();
  expect(tally).toMatchObject({ what: "error on llm", looks: 0 });
  expect(tally?.hits).toBe(saw.filter((word) => word === "503").length);
  await stack.undo(undo!);
  await stack.undo(undo!);
  expect(await stack.audit(undo!)).toEqual({ clean: true, detail: "fault down is gone from llm" });
  await stack.clock.sleep(2_000);
  expect(saw.at(-1)).toBe("200");
});

test("the mock ends it by itself when its time to live is over", async () => {
  const { stack, inject, saw } = await stackWithMock();
  await inject("mock", { targets: ["llm"], params: DOWN, ttlMs: 5_000 });
  await stack.clock.sleep(2_000);
  expect(saw.at(-1)).toBe("503");
  await stack.clock.sleep(5_000);
  expect(saw.at(-1)).toBe("200");
});

test("no partition is in the way, and a mock that died has forgotten its faults", async () => {
  const { stack, inject } = await stackWithMock();
  await inject("partition", { targets: ["llm"] });
  const prepared = await stack.injectors["mock"]!.prepare({
    id: "down",
    kind: "mock",
    targets: ["llm"],
    peers: [],
    params: DOWN,
    ttlMs: 60_000,
  });
  await prepared.apply();
  expect(await prepared.confirm()).toMatchObject({ confirmed: true });
  await inject("kill", { targets: ["llm"] });
  expect(await prepared.confirm()).toMatchObject({ confirmed: false, evidence: "llm: llm does not run" });
  for (const action of prepared.undo) {
    await stack.undo(action);
    expect(await stack.audit(action)).toMatchObject({ clean: true });
  }
});

test("what the mock refuses is told in its words, and a service that is no mock takes none", async () => {
  const { inject } = await stackWithMock();
  await expect(inject("mock", { targets: ["llm"], params: { fault: "rate.buckt" } })).rejects.toMatchObject({
    code: "RUN_FAULT",
    received: expect.stringContaining("this mock has no such fault"),
  });
  await expect(inject("mock", { targets: ["client"], params: DOWN })).rejects.toMatchObject({
    code: "USAGE_FAULT",
    expected: "one of llm",
  });
});

test("the mock's seed comes from the trial's, and differs from service to service", async () => {
  const seedsUnder = async (seed: number) => {
    const { stack } = await bring({ llm: LLM, other: LLM }, seed);
    return Object.values(stack.spec.services).map(({ environment }) => environment["MOCK_SEED"]);
  };
  const [first, second] = await seedsUnder(1);
  expect(first).toMatch(/^\d{1,9}$/);
  expect(second).not.toBe(first);
  expect(await seedsUnder(1)).toEqual([first, second]);
  expect(await seedsUnder(2)).not.toContain(first);
});
