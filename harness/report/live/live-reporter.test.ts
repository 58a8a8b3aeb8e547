import { describe, expect, test } from "vitest";
import { DRILLS } from "../drill.testkit.ts";
import { HEARTBEAT_MS, type LiveOptions, liveReporter } from "./live-reporter.ts";

/** A reporter whose output and time are in the test's hands. */
function reporter(options: Partial<LiveOptions> = {}) {
  const written: string[] = [];
  let nowMs = 0;
  let tick: (() => void) | undefined;
  let stopped = false;
  const report = liveReporter({
    stream: { write: (text) => written.push(text), columns: 60 },
    isTTY: false,
    ci: false,
    color: false,
    nowMs: () => nowMs,
    every: (_, onTick) => {
      tick = onTick;
      return () => {
        stopped = true;
      };
    },
    ...options,
  });
  const wait = (ms: number): void => {
    for (let waited = 0; waited < ms; waited += 1_000) {
      nowMs += 1_000;
      tick?.();
    }
  };
  return { report, written, wait, stopped: () => stopped, text: () => written.join("") };
}

const STEPS = [
  { id: "look", title: "See who is missing" },
  { id: "restart", title: "Bring the lost control plane back" },
  { id: "verify", title: "Prove that two control planes answer" },
];

describe("lines", () => {
  const { report, text } = reporter({ steps: STEPS });
  for (const event of DRILLS.noGo().events) report(event);
  const lines = text().split("\n");

  test("tell each change of state once, with the trial's own time, and never a sample", () => {
    expect(lines.length).toBeLessThan(80);
    expect(lines).toContain("    9.7 s  ✗ probe     api turned bad, 100 ms after the fault: 503");
    expect(lines).toContain(
      "   17.7 s  ✓ probe     api is good again, 8.1 s after the fault; it was bad for 8 s",
    );
    expect(lines).toContain(
      "    9.6 s  ? fault     kill of control-plane-1: confirmed: state exited, exit code 137",
    );
  });

  test("say which step it is and what is next", () => {
    expect(lines).toContain(
      "   14.7 s  · step 1/3  See who is missing · next: Bring the lost control plane back",
    );
    expect(lines).toContain("   43.1 s  · step 3/3  Prove that two control planes answer");
    expect(text()).toContain("✗ step 3/3  failed with exit status 1 after 5.9 s");
  });

  test("say which trial it is", () => {
    expect(lines).toContain("trial 1 of 2");
    expect(lines).toContain("trial 2 of 2");
  });

  test("hold no escape sequence", () => {
    expect(text()).not.toContain("\u001b");
  });
});

test("silence never lasts longer than half a minute, and the line says how things stand", () => {
  const { report, wait, written } = reporter();
  const { events } = DRILLS.go();
  const observing = events.findIndex((event) => event.kind === "trial.phase" && event.phase === "observing");
  for (const event of events.slice(0, observing + 40)) report(event);
  const before = written.length;
  wait(HEARTBEAT_MS);
  expect(written).toHaveLength(before + 1);
  expect(written.at(-1)).toMatch(/… still observing · api ✗ [\d.]+ s · redundancy ✗ [\d.]+ (?:m?s)/);
  wait(HEARTBEAT_MS);
  expect(written).toHaveLength(before + 2);
});

test("a terminal has one status line below, painted over and gone in the end", () => {
  const { report, text, wait, written } = reporter({ isTTY: true });
  for (const event of DRILLS.go().events) {
    report(event);
    wait(1_000);
  }
  expect(text()).toContain("\r\u001b[2K");
  const painted = written.filter((piece) => piece.includes("…") && !piece.endsWith("\n"));
  expect(painted.length).toBeGreaterThan(10);
  for (const piece of painted) expect([...piece].length).toBeLessThan(60);
  const shown = text()
    .split("\n")
    .map((line) => line.split("\r\u001b[2K").at(-1));
  expect(shown.filter((line) => line?.includes("…"))).toEqual([]);
});

test("in CI nothing is painted over, even on a terminal", () => {
  const { report, text } = reporter({ isTTY: true, ci: true });
  for (const event of DRILLS.go().events) report(event);
  expect(text()).not.toContain("\r");
});

test("quiet means quiet", () => {
  const { report, written, wait } = reporter({ quiet: true });
  for (const event of DRILLS.go().events) report(event);
  wait(60_000);
  report.close();
  expect(written).toEqual([]);
});

test("it ends by itself with the run, so that no timer keeps the process", () => {
  const { report, stopped } = reporter();
  for (const event of DRILLS.go().events) report(event);
  expect(stopped()).toBe(true);
});
