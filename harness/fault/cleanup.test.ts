import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Tier } from "../tier/tier.ts";
import { cleanupRun, findInterruptedRuns } from "./cleanup.ts";
import { startReaper } from "./reaper.ts";
import { readRunState, runnerIsAlive, writeRunState } from "./run-state.ts";
import { openUndoLog, pendingUndo } from "./undo-log.ts";

let runsDir = "";
let runDir = "";
beforeEach(() => {
  runsDir = mkdtempSync(join(tmpdir(), "firedrill-runs-"));
  runDir = join(runsDir, "one");
  mkdirSync(runDir);
});
afterEach(() => rmSync(runsDir, { recursive: true }));

const notAsked = () => {
  throw new Error("a clean-up asks for nothing else");
};

/** A tier that writes down what it is asked to do. */
function recordingTier(failing: readonly string[] = []): { tier: Tier; did: string[] } {
  const did: string[] = [];
  const tier: Tier = {
    name: "sim",
    capabilities: {} as Tier["capabilities"],
    ready: notAsked,
    up: notAsked,
    standing: notAsked,
    undoFromDisk: async (actions) => {
      did.push(...actions.map(({ op }) => `undo ${op}`));
      if (actions.some(({ op }) => failing.includes(op))) throw new Error("engine is busy");
    },
    removeRun: async (runId) => {
      did.push(`remove ${runId}`);
      return ["container db"];
    },
  };
  return { tier, did };
}

/** The run of a process that has ended. */
async function killedRun(): Promise<void> {
  writeRunState(runDir, { runId: "abc", tier: "sim", state: "running" });
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  const file = join(runDir, "run.json");
  const state = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...state, pid: child.pid }));
}

function arm(...ops: readonly string[]): void {
  const log = openUndoLog(runDir);
  for (const op of ops) log.arm({ fault: `fault-${op}`, tier: "sim", actions: [{ op, args: {} }] });
  log.close();
}

describe("cleanupRun", () => {
  test("undoes from disk, newest first, then removes, then says so; twice does nothing more", async () => {
    await killedRun();
    arm("a", "b");
    const { tier, did } = recordingTier();
    const options = { tierByName: async () => tier };
    expect(await cleanupRun(runDir, options)).toEqual({
      runId: "abc",
      undone: 2,
      removed: ["container db"],
      failures: [],
    });
    expect(did).toEqual(["undo b", "undo a", "remove abc"]);
    expect(readRunState(runDir).state).toBe("reaped");
    expect(await cleanupRun(runDir, options)).toMatchObject({ undone: 0, removed: [] });
    expect(did).toHaveLength(3);
  });

  test("a failed undo is named, the others are done, and nothing is removed", async () => {
    await killedRun();
    arm("a", "b");
    const { tier, did } = recordingTier(["b"]);
    const result = await cleanupRun(runDir, { tierByName: async () => tier });
    expect(result).toMatchObject({ undone: 1, removed: [], failures: ["fault-b: b: engine is busy"] });
    expect(did).not.toContain("remove abc");
    expect(readRunState(runDir).state).toBe("running");
    expect(pendingUndo(runDir).map(({ fault, state }) => [fault, state])).toEqual([["fault-b", "failed"]]);
  });

  test("a live run is left alone", async () => {
    writeRunState(runDir, { runId: "abc", tier: "sim", state: "running" });
    const { tier, did } = recordingTier();
    await expect(cleanupRun(runDir, { tierByName: async () => tier })).rejects.toMatchObject({
      code: "USAGE_RUN",
      message: "run abc is still going",
    });
    expect(did).toEqual([]);
  });

  test("what a run that ended could not undo is undone, and a stack that it kept stays", async () => {
    writeRunState(runDir, { runId: "abc", tier: "sim", state: "ended" });
    arm("a");
    const { tier, did } = recordingTier();
    expect(await cleanupRun(runDir, { tierByName: async () => tier })).toMatchObject({
      undone: 1,
      removed: [],
    });
    expect(did).toEqual(["undo a"]);
  });

  test("a folder without a run is an error of usage", async () => {
    await expect(cleanupRun(runDir)).rejects.toMatchObject({ code: "USAGE_RUN" });
    writeFileSync(join(runDir, "run.json"), '{"runId": "abc"');
    await expect(cleanupRun(runDir)).rejects.toMatchObject({ code: "USAGE_RUN" });
  });
});

describe("whose run is it", () => {
  test("a process number that was used again is not the runner", async () => {
    writeRunState(runDir, { runId: "abc", tier: "sim", state: "running" });
    const state = readRunState(runDir);
    expect(runnerIsAlive(state)).toBe(true);
    if (state.pidStartedAt !== null) {
      expect(runnerIsAlive({ ...state, pidStartedAt: "another boot/1" })).toBe(false);
    }
    await killedRun();
    expect(runnerIsAlive(readRunState(runDir))).toBe(false);
  });

  test("interrupted runs are those whose runner is gone, and those with something to undo", async () => {
    await killedRun();
    arm("a");
    const folder = (name: string) => {
      mkdirSync(join(runsDir, name));
      return join(runsDir, name);
    };
    writeRunState(folder("live"), { runId: "live", tier: "sim", state: "running" });
    writeRunState(folder("ended"), { runId: "ended", tier: "sim", state: "ended" });
    folder("something-else");
    expect(findInterruptedRuns(runsDir)).toEqual([{ runDir, runId: "abc", tier: "sim", pending: 1 }]);
    expect(findInterruptedRuns(join(runsDir, "nowhere"))).toEqual([]);
  });
});

describe("the reaper", () => {
  test("goes without doing anything when it is dismissed", async () => {
    writeRunState(runDir, { runId: "abc", tier: "sim", state: "running" });
    const reaper = startReaper(runDir, "abc", "sim");
    await reaper.dismiss();
    await expect.poll(() => processExists(reaper.pid), { timeout: 20_000 }).toBe(false);
    expect(readRunState(runDir).state).toBe("running");
    expect(readFileSync(join(runDir, "reaper.log"), "utf8")).toBe("");
  });
});

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
