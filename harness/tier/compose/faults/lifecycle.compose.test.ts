import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventBody } from "../../../events/vocabulary.ts";
import { cleanupRun, findInterruptedRuns } from "../../../fault/cleanup.ts";
import type { CommonKind } from "../../../fault/kinds.ts";
import { injectFault } from "../../../fault/lifecycle.ts";
import { readRunState } from "../../../fault/run-state.ts";
import { openUndoLog, pendingUndo } from "../../../fault/undo-log.ts";
import { LABEL_RUN, labelFilter } from "../../../stack/labels.ts";
import { type FaultBench, faultBench, testVolume, until, WEB_SERVER } from "./faults.testkit.ts";
import { faultyStack } from "./faulty-stack.testkit.ts";
import type { KilledRunnerOptions } from "./killed-runner.testkit.ts";
import { inNetworkOf, toolboxFor } from "./toolbox.ts";

let bench: FaultBench;
let runsDir = "";
let volume = "";
let container = "";
beforeAll(async () => {
  runsDir = mkdtempSync(join(tmpdir(), "firedrill-killed-"));
  bench = await faultBench();
  volume = await testVolume(bench, "data");
  const host = { Binds: [`${volume}:/data`], Tmpfs: { "/small": "size=4m" } };
  container = await bench.service("target", { command: WEB_SERVER, host });
  await bench.inside("target", "echo gold > /data/file");
});
afterAll(async () => {
  rmSync(runsDir, { recursive: true });
  await bench[Symbol.asyncDispose]();
});

/** Everything of the target that a fault may change, as read from inside. */
async function stateOfTarget(): Promise<string> {
  const info = await bench.inspect("target");
  if (info.State.Status !== "running") return info.State.Status;
  const look = [
    "cat /data/file",
    "ls -A /data /small /dev/shm",
    "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null",
    "cat /proc/[0-9]*/comm | grep -v -e cat -e sh -e grep -e sort | sort",
  ].join("; ");
  const inside = await bench.inside("target", look);
  const rules = "for table in filter nat; do iptables -w -t $table -S; done; tc qdisc show";
  const network = await inNetworkOf(await toolboxFor(bench.context, container), container, [
    "sh",
    "-c",
    rules,
  ]);
  // The engine's own resolver listens on other ports in each life of the container.
  const stable = network.output.replaceAll(/(127\.0\.0\.11:|--sport )\d+/g, "$1PORT");
  return `${inside.output}\n${stable}`;
}

let runs = 0;
async function killedRun(
  kind: CommonKind,
  dieAfter: KilledRunnerOptions["dieAfter"],
  reaper: boolean,
  params: Readonly<Record<string, unknown>> = {},
): Promise<{ runDir: string; runId: string }> {
  const runDir = mkdtempSync(join(runsDir, "run-"));
  const runId = `${bench.runId}-${++runs}`;
  const options: KilledRunnerOptions = {
    runDir,
    runId,
    kind,
    params,
    container,
    volume: { name: volume, mountPath: "/data" },
    toolboxImage: bench.context.toolboxImage,
    dieAfter,
    reaper,
  };
  const program = join(import.meta.dirname, "killed-runner.testkit.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: "inherit" });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  return { runDir, runId };
}

async function labelledWith(runId: string): Promise<string[]> {
  const filters = labelFilter({ [LABEL_RUN]: runId });
  const containers = await bench.docker.listContainers({ all: true, filters });
  const volumes = await bench.docker.listVolumes({ filters });
  return [...containers.flatMap(({ Names }) => Names), ...(volumes.Volumes ?? []).map(({ Name }) => Name)];
}

const BOUNDARIES = ["fault.armed", "fault.applied", "fault.confirmed"] as const;
const KINDS: readonly (readonly [CommonKind, Readonly<Record<string, unknown>>])[] = [
  ["kill", {}],
  ["crash", {}],
  ["stop", {}],
  ["pause", {}],
  ["node-loss", {}],
  ["db-outage", {}],
  ["data-loss", {}],
  ["memory-pressure", {}],
  ["cpu-stress", {}],
  ["disk-full", { path: "/small" }],
  ["partition", {}],
  ["latency", {}],
  ["bandwidth", {}],
  ["dns-failure", {}],
];

describe("D4, D7: after SIGKILL, the clean-up restores everything from disk alone", () => {
  test.each(
    KINDS.flatMap(([kind, params]) => BOUNDARIES.map((boundary) => [kind, boundary, params] as const)),
  )("%s, killed right after %s", async (kind, boundary, params) => {
    const before = await stateOfTarget();
    const { runDir, runId } = await killedRun(kind, boundary, false, params);
    expect(findInterruptedRuns(runsDir)).toMatchObject([{ runId, pending: 1 }]);
    const result = await cleanupRun(runDir);
    expect(result).toMatchObject({ undone: 1, failures: [] });
    expect(pendingUndo(runDir)).toEqual([]);
    expect(await stateOfTarget()).toBe(before);
    expect(await labelledWith(runId)).toEqual([]);
    expect(findInterruptedRuns(runsDir)).toEqual([]);
  });

  test.each(BOUNDARIES)(
    "the reaper does it by itself when the runner is killed right after %s",
    async (boundary) => {
      const before = await stateOfTarget();
      const { runDir, runId } = await killedRun("partition", boundary, true);
      await until(async () => {
        const { state } = readRunState(runDir);
        return state === "reaped"
          ? state
          : new Error(`${state}: ${readFileSync(join(runDir, "reaper.log"), "utf8")}`);
      });
      expect(await stateOfTarget()).toBe(before);
      expect(await labelledWith(runId)).toEqual([]);
    },
  );
});

describe("D9: a restarted target is hit again", () => {
  test("a partition survives a restart of its target, until its duration is over", async () => {
    const runDir = mkdtempSync(join(runsDir, "lapse-"));
    const before = await stateOfTarget();
    const events: EventBody[] = [];
    const undoLog = openUndoLog(runDir);
    const fault = await injectFault(
      { id: "cut", kind: "partition", targets: ["target"], peers: [], params: {}, ttlMs: 600_000 },
      300_000,
      {
        stack: faultyStack(bench.context),
        undoLog,
        emit: (event) => void events.push(event),
        signal: new AbortController().signal,
      },
    );
    expect(fault.confirmed).toBe(true);
    await bench.docker.getContainer(container).restart({ t: 0 });
    const lapse = await until(
      async () => events.find(({ kind }) => kind === "fault.lapsed") ?? new Error("no lapse"),
    );
    expect(lapse).toMatchObject({ fault: "cut", reapplied: true });
    expect(await stateOfTarget()).toContain("-j FD-");
    await fault.revert("end");
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(["fault.reverted", "fault.audited"]);
    expect(events.at(-1)).toMatchObject({ clean: true });
    expect(await stateOfTarget()).toBe(before);
    expect(await bench.leftovers()).toEqual([]);
    undoLog.close();
  });
});
