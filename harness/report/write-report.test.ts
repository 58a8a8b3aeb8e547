import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DRILLS } from "./drill.testkit.ts";
import { manifest } from "./manifest.ts";
import { writeReport } from "./write-report.ts";

let runDir = "";
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "firedrill-report-"));
  writeFileSync(join(runDir, "events.jsonl"), "{}\n");
  mkdirSync(join(runDir, "evidence", "logs"), { recursive: true });
  writeFileSync(join(runDir, "evidence", "logs", "api.log"), "x".repeat(3 * 1_024 * 1_024));
});
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

test("the report is four files and a manifest that holds their digests and those of the evidence", () => {
  const written = writeReport(runDir, DRILLS.go());
  expect(written.map((path) => basename(path))).toEqual([
    "gate.json",
    "report.html",
    "summary.md",
    "junit.xml",
    "MANIFEST.sha256",
  ]);
  const lines = readFileSync(join(runDir, "MANIFEST.sha256"), "utf8").trimEnd().split("\n");
  expect(lines.map((line) => line.slice(66))).toEqual([
    "events.jsonl",
    "evidence/logs/api.log",
    "gate.json",
    "junit.xml",
    "report.html",
    "summary.md",
  ]);
  for (const line of lines) {
    const content = readFileSync(join(runDir, line.slice(66)));
    expect(line.slice(0, 64)).toBe(createHash("sha256").update(content).digest("hex"));
  }
});

test("writing it again gives the same bytes and leaves nothing beside them", () => {
  writeReport(runDir, DRILLS.noGo());
  const before = readFileSync(join(runDir, "MANIFEST.sha256"), "utf8");
  writeReport(runDir, DRILLS.noGo());
  expect(readFileSync(join(runDir, "MANIFEST.sha256"), "utf8")).toBe(before);
  expect(readdirSync(runDir).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a full disk is an error that says what to do, and the old report stays whole", (context) => {
  if (!existsSync("/dev/full")) context.skip("this system has no /dev/full to write to");
  writeReport(runDir, DRILLS.go());
  const before = readFileSync(join(runDir, "report.html"), "utf8");
  // The kernel answers every write to /dev/full with ENOSPC, as a full disk does.
  symlinkSync("/dev/full", join(runDir, ".report.html.partial"));
  expect(() => writeReport(runDir, DRILLS.noGo())).toThrow(
    expect.objectContaining({ code: "ENV_DISK", hint: expect.stringContaining("rejudge") }),
  );
  expect(readFileSync(join(runDir, "report.html"), "utf8")).toBe(before);
  expect(readdirSync(runDir).filter((name) => name.startsWith("."))).toEqual([]);
});

test("the manifest is sorted, and an odd name is escaped as coreutils reads it", () => {
  const sha256 = "0".repeat(64);
  const entries = [
    { path: "b", sha256 },
    { path: "a\\1\n2", sha256 },
  ];
  expect(manifest(entries)).toBe(`\\${sha256}  a\\\\1\\n2\n${sha256}  b\n`);
});
