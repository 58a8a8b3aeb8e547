import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { clusterDrill, drill, lostAgent } from "../drill.testkit.ts";
import type { ReportInput } from "../input.ts";
import { runFacts } from "../run-facts.ts";
import { trialViews } from "../trial-view.ts";
import { type ChartSize, signatureChart } from "./signature-chart.ts";

function chartOf(input: ReportInput, size: ChartSize = "wide"): string {
  const { plan } = runFacts(input);
  const [view] = trialViews(input.events, plan);
  return signatureChart(view!, plan, input.judgement, size).markup.replace(/\s+/g, " ");
}

describe.each(["wide", "narrow"] as const)("nodes and pods in the %s chart", (size) => {
  const chart = chartOf(lostAgent(), size);

  test("have a row each, by name and node, under one axis with the rest", () => {
    expect(XMLValidator.validate(chart)).toBe(true);
    for (const name of ["Nodes", "agent-1", "Pods", "control-plane", "x2x9p · agent-1", "k4j7q · agent-0"]) {
      expect(chart).toContain(`>${name}<`);
    }
  });

  test("tell a bad state by a hatched block and an unsure one by a dashed box, both in words", () => {
    expect(chart).toContain(`<title>down 14.5 s: its container has ended (exit status 137)</title>`);
    expect(chart.match(/class="unsure"/g)).toHaveLength(4);
    expect(chart).toContain("<title>evicted: Evicted: low on memory</title>");
    expect(chart).toContain(
      "Node agent-1 was down from minus 80 ms to 14.4 s, unknown from 14.4 s to 18.4 s.",
    );
    expect(chart).toContain("Node agent-0 was always ready.");
    expect(chart).toContain("Service control-plane: 3 pods, 3 of them not always ready.");
  });
});

test("the words stand in the chart where there is room", () => {
  const chart = chartOf(lostAgent());
  for (const word of ["down 14.5 s", "not-ready", "terminating 11.5 s", "evicted"]) {
    expect(chart).toContain(`>${word}</text`);
  }
});

test("a tier without nodes has no such lanes", () => {
  const chart = chartOf(drill());
  expect(chart).not.toContain(">Nodes<");
  expect(chart).not.toContain(">Pods<");
});

test("of very many the troubled ones are drawn, and it says what is not", () => {
  const pods = Array.from({ length: 40 }, (_, n) => [
    [5_000, pod(n, "ready")] as const,
    ...(n === 39 ? [[20_000, pod(n, "crashing")] as const] : []),
  ]).flat();
  const chart = chartOf(clusterDrill(...pods));
  expect(chart).toContain("not drawn: 16 pods, always ready");
  expect(chart).toContain(">p39 · agent-0<");
  expect(chart).not.toContain(">p38 · agent-0<");
});

const pod = (n: number, state: "ready" | "crashing") =>
  ({ kind: "pod.state", pod: `web-p${n}`, service: "web", node: "agent-0", state, detail: "" }) as const;

test("a pod that changes faster than can be drawn is one block with the worst of its states", () => {
  const flaps = Array.from(
    { length: 1_000 },
    (_, n) => [20_000 + n * 5, pod(1, n % 2 === 0 ? "crashing" : "ready")] as const,
  );
  const chart = chartOf(clusterDrill([5_000, pod(1, "ready")], ...flaps, [25_000, pod(1, "ready")]));
  expect(chart).toContain("<title>changing 5 s</title>");
});
