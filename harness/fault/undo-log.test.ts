import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openUndoLog, pendingUndo } from "./undo-log.ts";

let runDir = "";
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "firedrill-undo-"));
});
afterEach(() => rmSync(runDir, { recursive: true }));

const file = () => join(runDir, "undo.jsonl");
const entry = (fault: string) => ({
  fault,
  tier: "compose" as const,
  actions: [{ op: "start", args: { container: fault, peers: ["a", "b"], forced: true, was: null } }],
});

test("what was armed and not settled as done is pending, newest first", () => {
  const log = openUndoLog(runDir);
  log.arm(entry("a"));
  const b = log.arm(entry("b"));
  const c = log.arm(entry("c"));
  log.settle(b, "done");
  log.settle(c, "failed");
  log.close();
  expect(pendingUndo(runDir).map(({ fault, state }) => [fault, state])).toEqual([
    ["c", "failed"],
    ["a", "armed"],
  ]);
});

test("an armed entry is on disk when arm returns", () => {
  const log = openUndoLog(runDir);
  log.arm(entry("a"));
  expect(JSON.parse(readFileSync(file(), "utf8"))).toMatchObject({ fault: "a", state: "armed" });
  log.close();
});

test("a run without faults has nothing pending", () => {
  expect(pendingUndo(runDir)).toEqual([]);
});

test("D4: every prefix of the file can be read, and never loses a whole entry", () => {
  const log = openUndoLog(runDir);
  log.settle(log.arm(entry("a")), "done");
  log.arm(entry("b"));
  log.close();
  const whole = readFileSync(file(), "utf8");
  for (let length = whole.length; length >= 0; length--) {
    truncateSync(file(), length);
    const lines = whole.slice(0, length).split("\n");
    // The last line may lack its end of line and still be whole.
    const complete = lines.filter((it) => whole.split("\n").includes(it) && it !== "").length;
    const expected = [[], ["a"], [], ["b"]][complete];
    expect(pendingUndo(runDir).map(({ fault }) => fault)).toEqual(expected);
  }
});

test("a later process goes on after a torn line, with new ids", () => {
  const first = openUndoLog(runDir);
  first.arm(entry("a"));
  first.close();
  appendFileSync(file(), '{"id":"u2","fault":"tor');
  const second = openUndoLog(runDir);
  const b = second.arm(entry("b"));
  second.close();
  expect(pendingUndo(runDir).map(({ id, fault }) => [id, fault])).toEqual([
    [b.id, "b"],
    ["u1", "a"],
  ]);
});

test("a line of another kind is an error that names the file", () => {
  appendFileSync(file(), '{"id":"u1","fault":"a"}\n');
  expect(() => pendingUndo(runDir)).toThrow(/another kind/);
});

test("a folder that can't be written is an error of the environment", () => {
  expect(() => openUndoLog(join(runDir, "missing"))).toThrow(expect.objectContaining({ code: "ENV_DISK" }));
});
