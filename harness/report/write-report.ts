import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { FiredrillError } from "../error.ts";
import { atomicWrite } from "./atomic-write.ts";
import { gateJson } from "./gate-json.ts";
import { renderHtml } from "./html/render-html.ts";
import type { ReportInput } from "./input.ts";
import { junitXml } from "./junit.ts";
import { manifest } from "./manifest.ts";
import { summaryMarkdown } from "./markdown.ts";

/** More files of evidence than this are a mistake, not evidence. */
const MAX_EVIDENCE_FILES = 10_000;

/**
 * Writes the whole report into the run's folder: gate.json, report.html, summary.md, junit.xml, and last
 * MANIFEST.sha256 over these, events.jsonl and everything in `evidence/`. Returns the paths it wrote.
 * @throws ENV_DISK when there is no room.
 */
export function writeReport(runDir: string, input: ReportInput): string[] {
  // All are rendered before the first is written: a report is never half new and half old because of a bug.
  const rendered = {
    "gate.json": gateJson(input),
    "report.html": renderHtml(input),
    "summary.md": summaryMarkdown(input),
    "junit.xml": junitXml(input),
  };
  for (const [name, content] of Object.entries(rendered)) atomicWrite(join(runDir, name), content);
  const recorded = ["events.jsonl", ...evidenceFiles(runDir)].filter((path) =>
    existsSync(join(runDir, path)),
  );
  const listed = [...Object.keys(rendered), ...recorded];
  const entries = listed.map((path) => ({ path, sha256: fileDigest(join(runDir, path)) }));
  atomicWrite(join(runDir, "MANIFEST.sha256"), manifest(entries));
  return [...Object.keys(rendered), "MANIFEST.sha256"].map((name) => join(runDir, name));
}

function evidenceFiles(runDir: string): string[] {
  const root = join(runDir, "evidence");
  if (!existsSync(root)) return [];
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(runDir, join(entry.parentPath, entry.name)).split(sep).join("/"));
  if (found.length <= MAX_EVIDENCE_FILES) return found;
  throw new FiredrillError("RUN_EVENTS", "there are too many files of evidence to list", {
    received: `${found.length} files in evidence/`,
    expected: `at most ${MAX_EVIDENCE_FILES}`,
  });
}

/** In pieces, because logs among the evidence can be large. */
function fileDigest(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(1_024 * 1_024);
  const file = openSync(path, "r");
  try {
    for (let size = readSync(file, piece); size > 0; size = readSync(file, piece))
      hash.update(piece.subarray(0, size));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
