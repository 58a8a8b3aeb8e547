import { describe, expect, it } from "vitest";
import { FiredrillError } from "../error.ts";
import type { Judgement } from "../gate/result.ts";
import { exitStatusOf, exitStatusOfError } from "./exit-status.ts";

const judgement = (decision: Judgement["decision"], clean = true) =>
  ({ decision, hygiene: { clean, findings: [] } }) as unknown as Judgement;

describe("exit status", () => {
  it("follows the decision; a leftover shows only beside a GO", () => {
    expect(exitStatusOf(judgement("go"))).toBe(0);
    expect(exitStatusOf(judgement("go", false))).toBe(12);
    expect(exitStatusOf(judgement("no-go", false))).toBe(10);
    expect(exitStatusOf(judgement("hold"))).toBe(11);
  });

  it("tells usage, environment and the rest apart", () => {
    expect(exitStatusOfError(new FiredrillError("USAGE_RUNBOOK", "x"))).toBe(64);
    expect(exitStatusOfError(new FiredrillError("ENV_DISK", "x"))).toBe(69);
    expect(exitStatusOfError(new FiredrillError("RUN_STACK", "x"))).toBe(70);
    expect(exitStatusOfError(new TypeError("x"))).toBe(70);
  });
});
