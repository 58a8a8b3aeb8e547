import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emit } from "../events/vocabulary.ts";
import { mockOf, mockServices } from "../fault/mock/mock-of.ts";
import type { RunningStack } from "../tier/tier.ts";

/** Of each mock's journal the end is kept. */
const JOURNAL_LIMIT_BYTES = 5 * 1024 * 1024;
/** Different things that a mock was asked and does not model; more than this say no more. */
const MAX_UNMODELLED = 50;
const ASK_TIMEOUT_MS = 10_000;

/**
 * Keeps every mock's journal as evidence, in `mocks/SERVICE.jsonl` beside the logs, and tells what it was asked that it does
 * not model. Never throws, as little as keeping logs does.
 */
export async function keepMockJournals(
  stack: RunningStack,
  runDir: string,
  trial: number,
  emit: Emit,
): Promise<void> {
  const folder = join(runDir, "evidence", `trial-${trial}`, "mocks");
  for (const { name, mock } of mockServices(stack.spec)) {
    try {
      const journal = await journalOf(stack, name);
      mkdirSync(folder, { recursive: true });
      const kept = lastLines(journal);
      writeFileSync(join(folder, `${name}.jsonl`), kept.text);
      emit({ kind: "mock.journal", service: name, mock, missing: null, ...kept.facts });
    } catch (error) {
      // A disk that is full, or a log that can't be written, has been told by whoever met it first.
      if (error instanceof Error && "code" in error && error.code === "ENV_DISK") return;
      const missing = error instanceof Error ? error.message : String(error);
      emit({
        kind: "mock.journal",
        service: name,
        mock,
        missing,
        entries: 0,
        truncated: false,
        unmodelled: {},
      });
    }
  }
}

async function journalOf(stack: RunningStack, name: string): Promise<string> {
  const { controlPort } = await mockOf(stack.spec, name);
  const url = `http://${name}:${controlPort}/journal`;
  const { status, body } = await stack.request({ method: "GET", url, timeoutMs: ASK_TIMEOUT_MS });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  return body;
}

interface Journal {
  readonly text: string;
  readonly facts: {
    readonly entries: number;
    readonly truncated: boolean;
    readonly unmodelled: Record<string, number>;
  };
}

/** Whole lines from the end, as many as fit; what was asked in vain is counted over all. */
function lastLines(journal: string): Journal {
  const lines = journal.split("\n").filter((line) => line !== "");
  let bytes = 0;
  const from =
    lines.findLastIndex((line) => (bytes += Buffer.byteLength(line) + 1) > JOURNAL_LIMIT_BYTES) + 1;
  const kept = lines.slice(from);
  const unmodelled: Record<string, number> = {};
  for (const line of lines) {
    const { kind, what } = JSON.parse(line) as { kind: string; what?: unknown };
    if (kind !== "unmodelled") continue;
    const asked = String(what).slice(0, 200);
    const key = asked in unmodelled || Object.keys(unmodelled).length < MAX_UNMODELLED ? asked : "(more)";
    unmodelled[key] = (unmodelled[key] ?? 0) + 1;
  }
  const first = kept[0] === undefined ? 1 : (JSON.parse(kept[0]) as { seq: number }).seq;
  return {
    text: kept.map((line) => `${line}\n`).join(""),
    facts: { entries: kept.length, truncated: first > 1, unmodelled },
  };
}
