import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import type { SyntheticRun } from "../../events/events.testkit.ts";
import { drill } from "../drill.testkit.ts";
import { runFacts } from "../run-facts.ts";
import { trialViews } from "../trial-view.ts";
import { type ChartSize, signatureChart } from "./signature-chart.ts";

function chartOf(run: SyntheticRun, size: ChartSize = "wide"): string {
  const input = drill(run);
  const { plan } = runFacts(input);
  return signatureChart(trialViews(input.events, plan)[0]!, plan, input.judgement, size).markup.replace(
    /\s+/g,
    " ",
  );
}

describe.each(["wide", "narrow"] as const)("the %s chart of a good run", (size) => {
  const chart = chartOf({}, size);

  test("is well-formed and told in words too", () => {
    expect(XMLValidator.validate(chart)).toBe(true);
    expect(chart).toContain("kill of control-plane-1 took effect at 0 ms and was reverted at 50.4 s.");
    expect(chart).toContain("Probe api was bad from 100 ms to 8.1 s.");
  });

  test("shows before, the fault's window, each step by name and each recovery with its limit", () => {
    const [, zero] = chart.match(/class="zero" d="M([\d.]+) /)!;
    const [, before] = chart.match(/class="good" x="([\d.]+)"/)!;
    expect(Number(zero) - Number(before)).toBeGreaterThan(20);
    expect(chart.match(/class="window"/g)).toHaveLength(1);
    expect(chart).toContain("1. See who is missing");
    expect(chart).toContain("✓ takeover: back after 8.1 s, limit 20 s");
    expect(chart).toContain("✓ gap: longest gap 8.4 s, limit 15 s");
    expect(chart.match(/class="deadline"/g)).toHaveLength(4);
  });

  test("marks bad stretches by a pattern as well as by a colour", () => {
    expect(chart.match(/class="bad"/g)).toHaveLength(2);
    expect(chart).toContain("bad 8 s");
    expect(chart.match(new RegExp(String.raw`url\(#t1${size}-hatch\)`, "g"))!.length).toBeGreaterThanOrEqual(
      2,
    );
  });
});

test("a probe that never comes back has an open bracket and a mark that says so", () => {
  const chart = chartOf({ trials: [{ apiOutageMs: 60_000, redundancyOutageMs: 60_000 }] });
  expect(chart).toContain("✗ takeover: not back, limit 20 s");
  expect(chart).toMatch(/class="bracket" d="[^"]*l5 4l-5 4"/);
});

test("a fault that was never confirmed shades nothing and is named", () => {
  const chart = chartOf({ trials: [{ confirmed: false }] });
  expect(chart).not.toContain('class="window"');
  expect(chart).toContain("kill of control-plane-1 · ? not seen to take effect");
  expect(chart).toContain("? takeover: not decided");
});

test("a placebo run has no fault and says that its detectors were silent", () => {
  const chart = chartOf({ control: "placebo" });
  expect(chart).toContain("0 is “baseline met”");
  expect(chart).toContain("✓ noticed: silent, as it must be");
  expect(chart).not.toContain('class="fault"');
});

const stretch = (ok: boolean, fromMs: number, toMs: number) => ({
  ok,
  fromMs,
  toMs,
  samples: 1,
  detail: "",
});

test("a probe that flaps faster than can be drawn is one bad block; a short outage among long good stretches stays short", () => {
  const input = drill();
  const { plan } = runFacts(input);
  const view = trialViews(input.events, plan)[0]!;
  const flaps = Array.from({ length: 2_000 }, (_, n) => stretch(n % 2 === 0, 20_000 + n * 5, 20_005 + n * 5));
  const stretches = [
    stretch(true, 4_200, 12_000),
    stretch(false, 12_000, 12_010),
    stretch(true, 12_010, 20_000),
    ...flaps,
  ];
  const flapping = { ...view, probes: [{ ...view.probes[0]!, stretches }] };
  const chart = signatureChart(flapping, plan, input.judgement, "wide").markup;
  const widths = [...chart.matchAll(/class="bad" x="[\d.]+" y="3" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(widths).toHaveLength(2);
  expect(widths[0]).toBe(1);
  expect(widths[1]).toBeGreaterThan(100);
  expect(chart).toContain("flapping 10 s");
});

test("shortened time limits of Kubernetes stand beside each figure that was measured under them", () => {
  const input = drill();
  const { plan } = runFacts(input);
  const view = trialViews(input.events, plan)[0]!;
  const chart = (tier: "k3d" | "compose") => {
    const scenario = { ...plan.scenario, kubernetesTimes: "fast" as const };
    return signatureChart(view, { ...plan, tier, scenario }, input.judgement, "wide").markup;
  };
  expect(chart("k3d")).toMatch(/back after [\d.]+ s \(fast times\), limit/);
  expect(chart("compose")).not.toContain("fast times");
});

test("a step's own number is kept, and the wait for its expectations is drawn behind it", () => {
  const waits = drill({}, (event) => {
    if (event.kind === "runbook.step.started" && event.step === "look")
      return [{ ...event, title: "1. Look" }];
    if (event.kind !== "runbook.step.ended" || event.step !== "look") return [event];
    const met = { kind: "runbook.expected", step: "look", expectation: "e", met: true, detail: "" } as const;
    return [event, { ...met, seq: 0, trial: event.trial, t: event.t + 2_000 }];
  });
  const { plan } = runFacts(waits);
  const chart = signatureChart(trialViews(waits.events, plan)[0]!, plan, waits.judgement, "wide").markup;
  expect(chart).toContain("✓ 1. Look · 800 ms + 2 s wait");
  expect(chart.match(/class="tail"/g)).toHaveLength(1);
});

test("a step that was done but did not help is bad", () => {
  const useless = drill({}, (event) => [
    event.kind === "runbook.expected" ? { ...event, met: false } : event,
  ]);
  const { plan } = runFacts(useless);
  const chart = signatureChart(trialViews(useless.events, plan)[0]!, plan, useless.judgement, "wide").markup;
  expect(chart).toContain("✗ 3. Prove that two control planes answer · not as expected, 5.9 s");
  expect(chart.match(/class="step failed"/g)).toHaveLength(1);
});
