import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventsOf } from "../criterion/evidence.ts";
import { judgeRun } from "../gate/judge-run.ts";
import { composeTier } from "../tier/compose/compose-tier.ts";
import { fault } from "./builders.ts";
import { MOCK_CARD, planWithMock, RATE_LIMIT, runWithMock } from "./testkit/mock-stack.testkit.ts";

const runId = () => `mock-${randomBytes(4).toString("hex")}`;

test("on containers a client sees 429, and a partition of the mock is one schedule with it", async () => {
  const card = {
    ...MOCK_CARD,
    faults: [
      { ...RATE_LIMIT, id: "limit", duration: "15s" },
      fault.partition("llm", { after: "fault:limit", delay: "5s", duration: "3s" }),
    ],
    criteria: { back: { ...MOCK_CARD.criteria!["back"]!, fault: "limit" } },
  };
  const planned = await planWithMock(card, composeTier);
  const { events, runDir, error } = await runWithMock(planned, composeTier, runId());
  expect(error).toBeNull();
  const told = (id: string) =>
    events.filter((event) => "fault" in event && event.fault === id).map(({ kind }) => kind);
  expect(told("limit")).toEqual([
    "fault.armed",
    "fault.applied",
    "fault.confirmed",
    "fault.met",
    "fault.reverted",
    "fault.audited",
  ]);
  const answers = eventsOf(events, "probe.sample").map(({ detail }) => detail);
  expect(answers.filter((detail) => detail.includes("429")).length).toBeGreaterThan(3);
  expect(answers.some((detail) => detail.includes("502"))).toBe(true);
  const [met] = eventsOf(events, "fault.met");
  expect(met).toMatchObject({ what: "rate.bucket on llm" });
  expect(met!.looks).toBeGreaterThan(3);
  const { decision, hygiene } = judgeRun(events);
  expect({ decision, hygiene }).toEqual({ decision: "go", hygiene: { clean: true, findings: [] } });
  const journal = readFileSync(join(runDir, "evidence/trial-1/mocks/llm.jsonl"), "utf8");
  expect(journal).toContain('"kind":"fault.deleted"');
});
