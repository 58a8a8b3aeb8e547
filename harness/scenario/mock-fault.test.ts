import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventsOf } from "../criterion/evidence.ts";
import { judgeRun } from "../gate/judge-run.ts";
import { renderHtml } from "../report/html/render-html.ts";
import { summaryMarkdown } from "../report/markdown.ts";
import { simTier } from "../tier/sim/sim-tier.ts";
import { fault, probe } from "./builders.ts";
import {
  MOCK_CARD,
  MOCK_STACK,
  planWithMock,
  RATE_LIMIT,
  runWithMock,
} from "./testkit/mock-stack.testkit.ts";

test("a mock's fault lives as every other fault does, and the run tells whom it met", async () => {
  const { events } = await runWithMock(await planWithMock(MOCK_CARD, simTier), simTier);
  const life = events.filter((event) => event.kind.startsWith("fault."));
  expect(life.map(({ kind }) => kind)).toEqual([
    "fault.armed",
    "fault.applied",
    "fault.confirmed",
    "fault.met",
    "fault.reverted",
    "fault.audited",
  ]);
  expect(life[0]).toMatchObject({ type: "mock", targets: ["llm"], params: { fault: "rate.bucket" } });
  expect(life[3]).toMatchObject({ what: "rate.bucket on llm" });
  expect(life[4]).toMatchObject({ by: "duration" });
  expect(life[5]).toMatchObject({ clean: true });
  const limited = eventsOf(events, "probe.sample").filter(({ detail }) => detail.includes("429"));
  expect(limited.length).toBeGreaterThan(3);
  expect(eventsOf(events, "fault.met")[0]?.looks).toBeGreaterThanOrEqual(limited.length);
  const { decision, hygiene, criteria } = judgeRun(events);
  expect([decision, hygiene, criteria.map(({ claim }) => claim)]).toMatchObject(["go", { clean: true }, {}]);
});

test("the same seed gives the same events", async () => {
  const [first, again] = [
    await runWithMock(await planWithMock(MOCK_CARD, simTier), simTier),
    await runWithMock(await planWithMock(MOCK_CARD, simTier), simTier),
  ];
  const told = ({ events }: typeof first) => events.filter(({ kind }) => kind !== "run.planned");
  expect(told(again)).toEqual(told(first));
});

test("a fault that nobody met is no rehearsal: the run is held", async () => {
  const faults = [fault.mock("llm", { ...OTHERS_KEY, duration: "5s" })];
  const { events } = await runWithMock(await planWithMock({ ...MOCK_CARD, faults }, simTier), simTier);
  const { decision, criteria } = judgeRun(events);
  expect(decision).toBe("hold");
  expect(criteria[0]?.claim).toContain("no request met it (rate.bucket on llm: 0 hits)");
});

const OTHERS_KEY = { fault: "rate.bucket", params: { rpm: 1 }, scope: { key: "somebody-else" } };

test("without the event that tells whom it met, nothing passes", async () => {
  const { events } = await runWithMock(await planWithMock(MOCK_CARD, simTier), simTier);
  const dropped = events.filter(({ kind }) => kind !== "fault.met").map((event, seq) => ({ ...event, seq }));
  expect(judgeRun(dropped)).toMatchObject({ decision: "hold" });
});

test.each([
  [{ fault: "rate.buckt" }, /mock llm\): this mock has no such fault/, "did you mean rate.bucket?"],
  [{ fault: "rate.bucket", params: { rmp: 1 } }, /the parameters of rate.bucket can't be read/, undefined],
  [{ fault: "rate.bucket", when: { match: { path: "(" } } }, /the fault can't be read/, undefined],
  [{ fault: "rate.bucket", when: { atTime: "5s" } }, /no atTime: a rehearsal begins a fault with/, undefined],
  [{ fault: "rate.bucket", whne: {} }, /Unrecognized key/, "did you mean when?"],
])("%j is refused before anything is touched", async (options, message, hint) => {
  const planned = planWithMockFault(options);
  await expect(planned).rejects.toMatchObject({
    code: "USAGE_FAULT",
    message: expect.stringMatching(message),
  });
  if (hint !== undefined) await expect(planned).rejects.toMatchObject({ hint });
});

const planWithMockFault = async (options: Record<string, unknown>, on = "llm", stack = MOCK_STACK) =>
  planWithMock({ ...MOCK_CARD, faults: [fault.mock(on, options)] }, simTier, stack);

test("a target that is no mock is refused, and so is a mock that there is not", async () => {
  await expect(planWithMockFault(OTHERS_KEY, "client")).rejects.toMatchObject({
    code: "USAGE_FAULT",
    expected: "one of llm",
  });
  const unknown = MOCK_STACK.replace("{ mock: llm }", "{ mock: lmm }");
  await expect(planWithMockFault(OTHERS_KEY, "llm", unknown)).rejects.toMatchObject({
    code: "USAGE_STACK",
    message: expect.stringContaining("mock"),
  });
});

test("two faults of one name for the same requests exclude each other, others compose", async () => {
  const both = (second: Record<string, unknown>) =>
    planWithMock({ ...MOCK_CARD, faults: [RATE_LIMIT, fault.mock("llm", second)] }, simTier);
  await expect(both({ fault: "rate.bucket", params: { tpm: 10 } })).rejects.toMatchObject({
    code: "USAGE_FAULT",
    received: expect.stringContaining("both put rate.bucket into llm"),
  });
  await expect(both(OTHERS_KEY)).resolves.toBeDefined();
  await expect(both({ fault: "ttft", params: { mean: 500 } })).resolves.toBeDefined();
});

test("each mock's journal is evidence, and what it does not model stands in the report", async () => {
  const probes = {
    ...MOCK_CARD.probes,
    stray: probe.http("http://client:8080/unknown", { every: "1s", timeout: "2s" }),
  };
  const { events, runDir } = await runWithMock(
    await planWithMock({ ...MOCK_CARD, probes }, simTier),
    simTier,
  );
  const [told] = eventsOf(events, "mock.journal");
  const lines = readFileSync(join(runDir, "evidence/trial-1/mocks/llm.jsonl"), "utf8").trimEnd().split("\n");
  expect(told).toMatchObject({ service: "llm", mock: "llm", missing: null, truncated: false });
  expect(told?.entries).toBe(lines.length);
  expect(lines.some((line) => line.includes('"kind":"fault.put"'))).toBe(true);
  const asked = lines.filter((line) => line.includes('"kind":"unmodelled"')).length;
  expect(asked).toBeGreaterThan(3);
  expect(told?.unmodelled).toEqual({ "GET /v1/nothing": asked });
  const input = { events, judgement: judgeRun(events) };
  const finding = `llm (mock llm): GET /v1/nothing, ${asked} times`;
  expect(renderHtml(input)).toContain(finding);
  expect(renderHtml(input)).toMatch(/rate\.bucket on llm: met \d+ times/);
  expect(summaryMarkdown(input)).toContain("Asked of mocks, and not modelled");
  expect(input.judgement.decision).toBe("go");
});
