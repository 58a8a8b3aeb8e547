import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventBody } from "../../../events/vocabulary.ts";
import { cleanupRun, findInterruptedRuns } from "../../../fault/cleanup.ts";
import { injectFault } from "../../../fault/lifecycle.ts";
import { openUndoLog, pendingUndo } from "../../../fault/undo-log.ts";
import { LABEL_RUN, labelFilter } from "../../../stack/labels.ts";
import { type FaultBench, faultBench, until } from "./faults.testkit.ts";
import { faultyStack } from "./faulty-stack.testkit.ts";
import type { KilledRunnerOptions } from "./killed-runner.testkit.ts";

let bench: FaultBench;
let runsDir = "";
let container = "";
beforeAll(async () => {
  runsDir = mkdtempSync(join(tmpdir(), "firedrill-mock-"));
  bench = await faultBench();
  container = await bench.service("llm", { image: "firedrill.local/mocks", command: ["llm"] });
  await bench.service("client");
  await untilItAnswers();
});
afterAll(async () => {
  rmSync(runsDir, { recursive: true });
  await bench[Symbol.asyncDispose]();
});

/** What one request to the mock says, asked from another container. */
async function asked(port: number, path: string, body = ""): Promise<string> {
  const program = `
    const options = { method: process.argv[3] ? "POST" : "GET", headers: { authorization: "Bearer a", "content-type": "application/json" } };
    if (process.argv[3]) options.body = process.argv[3];
    fetch("http://llm:" + process.argv[1] + process.argv[2], options).then(async (answer) => console.log(answer.status, await answer.text()), (error) => console.log(error.cause?.code));`;
  const quoted = [program, String(port), path, body].map((word) => `'${word}'`).join(" ");
  return (await bench.inside("client", `node -e ${quoted}`)).output;
}

const QUESTION = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });
const status = async () => (await asked(8400, "/v1/chat/completions", QUESTION)).slice(0, 3);
const faults = () => asked(8499, "/faults");

const untilItAnswers = () =>
  until(async () => {
    const answer = await faults();
    return answer.startsWith("200") ? answer : new Error(answer);
  });

/** 429 for everybody. */
const LIMIT = { fault: "error", params: { name: "rate_requests" } } as const;

test("a client in the stack gets 429 until the fault is undone, and the mock counts it", async () => {
  expect(await status()).toBe("200");
  const { prepared, evidence, putBack } = await bench.inject("mock", "llm", { params: LIMIT });
  expect(evidence).toBe("llm: error stands in the mock: 0 hits so far");
  expect([await status(), await status()]).toEqual(["429", "429"]);
  expect(await prepared.tally?.()).toEqual({ what: "error on llm", hits: 2, looks: 0 });
  expect(await putBack()).toContain("fault mock-llm is gone from container");
  expect(await status()).toBe("200");
  expect(await bench.leftovers()).toEqual([]);
});

test.each(["fault.armed", "fault.applied", "fault.confirmed"] as const)(
  "D4, D7: when the runner is killed right after %s, the clean-up takes the fault out of the mock",
  async (dieAfter) => {
    const runDir = mkdtempSync(join(runsDir, "run-"));
    const runId = `${bench.runId}-${dieAfter.replace(".", "-")}`;
    const options: KilledRunnerOptions = {
      runDir,
      runId,
      kind: "mock",
      params: LIMIT,
      container,
      volume: { name: "", mountPath: "" },
      toolboxImage: bench.context.toolboxImage,
      dieAfter,
      reaper: false,
    };
    const program = join(import.meta.dirname, "killed-runner.testkit.ts");
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: "inherit" });
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
    expect(await status()).toBe(dieAfter === "fault.armed" ? "200" : "429");
    expect(findInterruptedRuns(runsDir)).toMatchObject([{ runId, pending: 1 }]);
    expect(await cleanupRun(runDir)).toMatchObject({ undone: 1, failures: [] });
    expect(pendingUndo(runDir)).toEqual([]);
    expect(await faults()).toBe("200 []");
    const filters = labelFilter({ [LABEL_RUN]: runId });
    expect(await bench.docker.listContainers({ all: true, filters })).toEqual([]);
  },
);

test("D9: a mock that was restarted has forgotten its fault, and gets it again until its time is over", async () => {
  const events: EventBody[] = [];
  const undoLog = openUndoLog(mkdtempSync(join(runsDir, "lapse-")));
  const stack = faultyStack(bench.context);
  const signal = new AbortController().signal;
  const limit = {
    id: "limit",
    kind: "mock",
    targets: ["llm"],
    peers: [],
    params: LIMIT,
    ttlMs: 600_000,
  } as const;
  const emit = (event: EventBody) => void events.push(event);
  const fault = await injectFault(limit, 300_000, { stack, undoLog, emit, signal });
  expect(await status()).toBe("429");
  await bench.docker.getContainer(container).restart({ t: 0 });
  await until(
    async () => events.find((it) => it.kind === "fault.lapsed" && it.reapplied) ?? new Error("no lapse"),
  );
  expect(await status()).toBe("429");
  await fault.revert("end");
  expect(events.slice(-3)).toMatchObject([
    { kind: "fault.met", what: "error on llm" },
    { kind: "fault.reverted" },
    { kind: "fault.audited", clean: true },
  ]);
  expect(await status()).toBe("200");
  undoLog.close();
});

test("a container that is no mock takes no fault, and that is said", async () => {
  await bench.service("idle");
  await expect(bench.inject("mock", "idle", { params: LIMIT })).rejects.toMatchObject({
    code: "RUN_FAULT",
    message: "idle does not take error",
    received: expect.stringContaining("ECONNREFUSED"),
  });
});
