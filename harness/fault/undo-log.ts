import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FiredrillError } from "../error.ts";
import { writeWhole } from "../events/write-whole.ts";
import { TIER_NAMES } from "../tier/index.ts";
import type { TierName } from "../tier/tier.ts";
import type { UndoAction } from "./undo.ts";

/** In a run's folder. One JSON object a line; the last line of an id is its state. */
const FILE = "undo.jsonl";

/** How to undo one application of a fault, and whether that has been done. */
export interface UndoEntry {
  readonly id: string;
  readonly fault: string;
  readonly tier: TierName;
  /** In the order in which they must be carried out. */
  readonly actions: readonly UndoAction[];
  /** `armed`: on disk, perhaps applied. `failed`: undo was tried and did not succeed. */
  readonly state: "armed" | "done" | "failed";
}

/** The durable record of what must be put back. */
export interface UndoLog {
  /** Returns when the entry is on the disk; only then may the fault be applied. @throws ENV_DISK */
  arm(entry: Omit<UndoEntry, "id" | "state">): UndoEntry;
  /** Records how the undo went. @throws ENV_DISK */
  settle(entry: UndoEntry, state: "done" | "failed"): void;
  close(): void;
}

/** Opens the log of the run in `runDir`, a new one or one that an earlier process left. @throws ENV_DISK */
export function openUndoLog(runDir: string): UndoLog {
  const file = join(runDir, FILE);
  const fd = onDisk(file, () => openForAppend(runDir, file));
  let entries = readEntries(runDir).size;
  const append = (entry: UndoEntry) =>
    onDisk(file, () => {
      writeWhole(fd, `${JSON.stringify(entry)}\n`);
      fsyncSync(fd);
    });
  return {
    arm: (entry) => {
      const armed: UndoEntry = { id: `u${++entries}`, ...entry, state: "armed" };
      append(armed);
      return armed;
    },
    settle: (entry, state) => append({ ...entry, state }),
    close: () => closeSync(fd),
  };
}

/** What still has to be put back, newest first: the order in which to do it. */
export function pendingUndo(runDir: string): UndoEntry[] {
  return [...readEntries(runDir).values()].filter(({ state }) => state !== "done").toReversed();
}

const line = z.object({
  id: z.string(),
  fault: z.string(),
  tier: z.enum(TIER_NAMES),
  actions: z.array(
    z.object({
      op: z.string(),
      args: z.record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
      ),
    }),
  ),
  state: z.enum(["armed", "done", "failed"]),
});

/** Id → latest state, in the order of arming. */
function readEntries(runDir: string): Map<string, UndoEntry> {
  const file = join(runDir, FILE);
  const entries = new Map<string, UndoEntry>();
  if (!existsSync(file)) return entries;
  for (const text of readFileSync(file, "utf8").split("\n")) {
    const value = parseJson(text);
    if (value === undefined) continue;
    const parsed = line.safeParse(value);
    if (!parsed.success) {
      throw new FiredrillError("USAGE_RUN", "the undo log holds a line of another kind", {
        received: text.slice(0, 200),
        expected: "id, fault, tier, actions, state",
        hint: `look at ${file}; firedrill down removes the run's stack without it`,
      });
    }
    entries.set(parsed.data.id, parsed.data);
  }
  return entries;
}

/**
 * A torn line can be skipped: if it was to arm a fault, the fault was never applied; if it was to say "done", undoing
 * once more does no harm.
 */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function openForAppend(runDir: string, file: string): number {
  const fd = openSync(file, "a+");
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== "\n") writeWhole(fd, "\n");
  // The file's name must survive a crash as well as its content.
  const folder = openSync(runDir, "r");
  fsyncSync(folder);
  closeSync(folder);
  return fd;
}

function onDisk<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new FiredrillError("ENV_DISK", `the undo log can't be written: ${(cause as Error).message}`, {
      received: file,
      expected: "a writable file; no fault is applied before its undo is on the disk",
      hint: "free some room or set FIREDRILL_RUNS_DIR to another disk, then run again",
      cause,
    });
  }
}
