import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FiredrillError } from "../error.ts";
import { eventSchema } from "../events/vocabulary.ts";
import { embeddedBash, type FakeStackOptions, fakeStack } from "../probe/fake-stack.testkit.ts";
import { startProbes } from "../probe/schedule.ts";
import type { ProbeSpec } from "../scenario/definition.ts";
import { json, RequestError } from "../service/http.ts";
import type { ShellResult } from "../tier/tier.ts";
import { executeRunbook } from "./execute.ts";
import { parseRunbook } from "./parse.ts";

const probe: ProbeSpec = {
  kind: "http",
  id: "redundancy",
  url: "http://lb:80/",
  everyMs: 1_000,
  timeoutMs: 500,
  expectStatus: 200,
  expectJson: {},
};

const step = (id: string, script: string, ...expectations: string[]) =>
  [
    `<!-- step id=${id} -->`,
    "```bash",
    script,
    "```",
    ...expectations.map((text) => `<!-- expect ${text} -->`),
  ].join("\n");

function rehearse(text: string | string[], options: FakeStackOptions = {}) {
  const runbook = parseRunbook([text].flat().join("\n"), "failover.md");
  const fake = fakeStack({ respond: () => json(200, {}), ...options });
  const abort = new AbortController();
  const watch = startProbes([probe], { ...fake, signal: abort.signal });
  const context = { ...fake, watch, signal: abort.signal, because: "redundancy turned bad" };
  const running = async () => {
    const outcome = await executeRunbook(runbook, context);
    await watch.stop();
    return outcome;
  };
  const trace = () =>
    fake.events.flatMap((event) => {
      if (event.kind === "runbook.step.started") return [`start ${event.step}`];
      if (event.kind === "runbook.step.ended") return [`${event.outcome} ${event.step}`];
      if (event.kind === "runbook.expected") return [`${event.met ? "met" : "unmet"} ${event.expectation}`];
      if (event.kind === "runbook.ended") return [`ended ${event.outcome}`];
      return [];
    });
  return { ...fake, abort, watch, context, runbook, trace, outcome: () => fake.clock.until(running()) };
}

const exited = (exitCode: number, output = ""): ShellResult => ({
  outcome: "exited",
  exitCode,
  output,
  env: {},
});

/** Down between 2 s and 6 s: what a restart looks like from outside. */
const restart: NonNullable<FakeStackOptions["respond"]> = (_, clock) => {
  if (clock.nowMs() >= 2_000 && clock.nowMs() < 6_000) throw new RequestError("refused", "down");
  return json(200, {});
};

const withRollback = (script: string) => [
  "<!-- step id=a rollback=undo -->",
  "```bash",
  script,
  "```",
  step("undo", "echo undone"),
  step("b", "true"),
];

/** The first step gets the interrupt after a second, and ends as the test says. */
const swallowing =
  (abort: () => void, result: ShellResult): NonNullable<FakeStackOptions["shell"]> =>
  async (_, clock) => {
    await clock.sleep(1_000);
    abort();
    return result;
  };

describe("a runbook in an automatic run", () => {
  it("does its steps in order, and the example runbook of this folder passes", async () => {
    const text = readFileSync(new URL("example-runbook.md", import.meta.url), "utf8");
    const { outcome, events, trace, of } = rehearse(text);
    expect(await outcome()).toEqual({ outcome: "done", detail: "all 3 steps done" });
    expect(trace()).toEqual([
      "start look",
      "done look",
      String.raw`met output~"^control-plane-\d+ does not answer$"`,
      "start confirm",
      "done confirm",
      "met exit≠0",
      "start restart",
      "done restart",
      "met probe=redundancy within=60s hold=10s",
      "ended done",
    ]);
    expect(of("runbook.step.ended")[2]?.output).toBe("starting control-plane-1\n");
    expect(of("runbook.expected")[2]?.detail).toBe("redundancy was good for 10 s, 10 s after the step");
    expect(of("runbook.started")).toMatchObject([{ runbook: "failover", because: "redundancy turned bad" }]);
    for (const event of events) expect(() => eventSchema.parse({ seq: 0, trial: 0, ...event })).not.toThrow();
  });

  it("gives a step what earlier steps exported, and nothing else", async () => {
    const { outcome, steps, of } = rehearse(
      [
        step("a", "export LOST=web; private=1"),
        step("b", 'export MORE="$LOST-2"'),
        step("c", 'echo "$LOST $MORE ${private:-none}"'),
      ],
      {
        // Bash in the fake exports every variable; a tier hands on the exported ones only.
        shell: async (given, clock) => {
          const result = await embeddedBash(given, clock);
          const { private: _private, ...env } = result.env;
          return { ...result, env };
        },
      },
    );
    expect((await outcome()).outcome).toBe("done");
    expect(steps.map(({ env }) => env)).toEqual([{}, { LOST: "web" }, { LOST: "web", MORE: "web-2" }]);
    expect(of("runbook.step.ended")[2]?.output).toBe("web web-2 none\n");
  });

  it("stops at the first step that fails, with its exit status and the end of its output", async () => {
    const { outcome, trace, of } = rehearse([step("a", "echo one; echo two; exit 3"), step("b", "true")]);
    expect(await outcome()).toEqual({
      outcome: "failed",
      step: "a",
      reason: "step",
      detail: 'step "a": exit status 3: "two"',
    });
    expect(trace()).toEqual(["start a", "failed a", "ended failed"]);
    expect(of("runbook.step.ended")).toMatchObject([{ exitCode: 3, output: "one\ntwo\n" }]);
  });

  it("fails a step that takes too long or exits otherwise than expected", async () => {
    const late = rehearse(step("a", "sleep 99"), {
      shell: () => Promise.resolve({ outcome: "timeout", exitCode: null, output: "", env: {} }),
    });
    expect(await late.outcome()).toMatchObject({ reason: "step", detail: 'step "a": not done within 1 min' });
    expect(late.trace()).toEqual(["start a", "timeout a", "ended failed"]);
    const zero = rehearse(step("a", "true", "exit=4", 'output~"x"'));
    expect(await zero.outcome()).toMatchObject({ outcome: "failed", reason: "step" });
    expect(zero.trace()).toEqual(["start a", "failed a", "unmet exit=4", "ended failed"]);
  });

  it("stops at the first expectation that is not met", async () => {
    const { outcome, trace, of } = rehearse([
      step("a", "echo starting", 'output~"ready"', "probe=redundancy within=5s"),
      step("b", "true"),
    ]);
    expect(await outcome()).toMatchObject({ outcome: "failed", step: "a", reason: "expectation" });
    expect(trace()).toEqual(["start a", "done a", 'unmet output~"ready"', "ended failed"]);
    expect(of("runbook.expected")).toMatchObject([
      { detail: 'not in the output; its last line: "starting"' },
    ]);
  });

  it("does the rollback of the step that failed, and only then", async () => {
    const bad = rehearse(withRollback("false"));
    expect(await bad.outcome()).toMatchObject({
      outcome: "failed",
      step: "a",
      detail: 'step "a": exit status 1: no output; rolled back by "undo"',
    });
    expect(bad.trace()).toEqual(["start a", "failed a", "start undo", "done undo", "ended failed"]);
    const good = rehearse(withRollback("true"));
    expect((await good.outcome()).outcome).toBe("done");
    expect(good.trace()).toEqual(["start a", "done a", "start b", "done b", "ended done"]);
  });

  it("fails for want of a person where one is needed", async () => {
    const manual = rehearse(["<!-- step id=tell manual -->", "Post in #ops."]);
    expect(await manual.outcome()).toMatchObject({
      reason: "person-needed",
      detail: 'step "tell": a person is needed: this step is done by hand, and this run is automatic',
    });
    const approve = rehearse(["<!-- step id=a approve -->", "```bash", "true", "```"]);
    expect(await approve.outcome()).toMatchObject({ outcome: "failed", reason: "person-needed" });
    expect(approve.steps).toHaveLength(0);
  });

  it("leaves out the steps of other tiers, and is not started when none is left", async () => {
    const both = rehearse([
      "<!-- step id=k tier=k3d -->",
      "```bash",
      "false",
      "```",
      "<!-- step id=s tier=sim requires=k -->",
      "```bash",
      "true",
      "```",
    ]);
    expect((await both.outcome()).outcome).toBe("done");
    expect(both.trace()).toEqual(["start s", "done s", "ended done"]);
    const twins = rehearse([
      "<!-- step id=a tier=sim,compose -->",
      "```bash",
      "true",
      "```",
      "<!-- step id=a tier=k3d -->",
      "```bash",
      "false",
      "```",
    ]);
    expect((await twins.outcome()).outcome).toBe("done");
    expect(twins.trace()).toEqual(["start a", "done a", "ended done"]);
    const none = rehearse(["<!-- step id=k tier=k3d -->", "```bash", "true", "```"]);
    expect(await none.outcome()).toEqual({ outcome: "not-started", detail: "no step is for the tier sim" });
    expect(none.trace()).toEqual(["ended not-started"]);
  });

  it("keeps the last 8 KiB of a long output", async () => {
    const { outcome, of } = rehearse(step("a", "make"), {
      shell: () => Promise.resolve(exited(0, `${"x".repeat(60_000)}end`)),
    });
    await outcome();
    const output = of("runbook.step.ended")[0]?.output ?? "";
    expect(Buffer.byteLength(output)).toBe(8_192);
    expect(output.endsWith("end")).toBe(true);
  });
});

describe("expect probe", () => {
  it("waits until the probe was good for the whole hold, in spite of an outage in between", async () => {
    const { outcome, clock } = rehearse(step("a", "true", "probe=redundancy within=60s hold=5s"), {
      respond: restart,
    });
    expect((await outcome()).outcome).toBe("done");
    expect(clock.nowMs()).toBe(11_000);
  });

  it("is not met by good times before the step ended", async () => {
    const text = step("a", "sleep 1.5", "probe=redundancy within=3s hold=1s");
    const { outcome, of } = rehearse(text, {
      respond: restart,
      shell: async (_, clock) => {
        await clock.sleep(1_500);
        return exited(0);
      },
    });
    expect(await outcome()).toMatchObject({ outcome: "failed", reason: "expectation" });
    expect(of("runbook.expected")).toMatchObject([
      { met: false, detail: "redundancy was not good for 1 s within 3 s; its last answer: refused" },
    ]);
    expect(of("runbook.ended")).toMatchObject([{ t: 4_500 }]);
  });
});

describe("an interrupt", () => {
  it.each<[string, ShellResult, string]>([
    ["which the step swallows", exited(0), "done a"],
    ["which kills the step", { ...exited(0), outcome: "interrupted", exitCode: null }, "interrupted a"],
    ["which the step turns into a failure", exited(143), "interrupted a"],
  ])("D3: SIGTERM never lets a later step start, %s", async (_, result, ending) => {
    const text = [
      "<!-- step id=a rollback=undo -->",
      "```bash",
      "true",
      "```",
      step("undo", "true"),
      step("b", "true"),
    ];
    const abort = new AbortController();
    const run = rehearse(text, { shell: swallowing(() => abort.abort(), result) });
    const running = executeRunbook(run.runbook, { ...run.context, signal: abort.signal });
    expect(await run.clock.until(running)).toMatchObject({ outcome: "interrupted" });
    expect(run.steps).toHaveLength(1);
    expect(run.trace()).toEqual(["start a", ending]);
    await run.clock.until(run.watch.stop());
  });

  it("D3: SIGTERM while an expectation is awaited lets no later step start, and leaves the expectation open", async () => {
    const run = rehearse([step("a", "true", "probe=redundancy within=60s hold=30s"), step("b", "true")]);
    void run.clock.sleep(5_000).then(() => run.abort.abort());
    expect(await run.outcome()).toMatchObject({ outcome: "interrupted" });
    expect(run.trace()).toEqual(["start a", "done a"]);
    expect(run.clock.nowMs()).toBe(5_000);
    expect(run.clock.pending).toBe(0);
  });

  it("before the first step leaves no trace", async () => {
    const run = rehearse(step("a", "true"));
    run.abort.abort();
    expect(await run.outcome()).toMatchObject({ outcome: "interrupted" });
    expect(run.trace()).toEqual([]);
  });

  it("is not the same as an error of the harness, which is thrown and leaves the runbook without an end", async () => {
    const error = new FiredrillError("RUN_MODEL", "the model has no docker compose events");
    const run = rehearse(step("a", "docker compose events"), { shell: () => Promise.reject(error) });
    await expect(run.outcome()).rejects.toBe(error);
    expect(run.trace()).toEqual(["start a", "interrupted a"]);
    expect(run.of("runbook.step.ended")[0]?.output).toContain("the model has no docker compose events");
    await run.clock.until(run.watch.stop());
  });
});
