import { expect, it } from "vitest";
import { labelFilter, projectName, runLabels } from "./labels.ts";

it("names a project in letters that Compose allows", () => {
  expect(projectName("20260101T1200-Ab.3", 2)).toBe("fd-20260101t1200-ab-3-t2");
});

it("says until when a stack is kept only when it is kept", () => {
  expect(runLabels({ runId: "r", trial: 0, keepUntil: null })).toEqual({
    "dev.firedrill.run": "r",
    "dev.firedrill.trial": "0",
  });
  expect(runLabels({ runId: "r", trial: 0, keepUntil: "2026-01-01T00:00:00Z" })).toHaveProperty(
    ["dev.firedrill.expires"],
    "2026-01-01T00:00:00Z",
  );
});

it("makes the engine's filter", () => {
  expect(labelFilter({ a: "1", b: "2" })).toEqual({ label: ["a=1", "b=2"] });
});
