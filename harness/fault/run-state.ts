import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FiredrillError } from "../error.ts";
import { TIER_NAMES } from "../tier/index.ts";
import type { TierName } from "../tier/tier.ts";

const FILE = "run.json";

/** What a run's folder says of the run itself, for the clean-up in another process. */
export interface RunState {
  readonly runId: string;
  readonly tier: TierName;
  /** The runner's process … */
  readonly pid: number;
  /** … and when that began, because numbers are used again; null where the system does not tell. */
  readonly pidStartedAt: string | null;
  /** `reaped`: the runner died, and everything was put back for it. */
  readonly state: "running" | "ended" | "reaped";
}

const schema = z.object({
  runId: z.string().min(1),
  tier: z.enum(TIER_NAMES),
  pid: z.int().positive(),
  pidStartedAt: z.string().nullable(),
  state: z.enum(["running", "ended", "reaped"]),
});

/** Says that this process runs the run, or that it has ended. @throws ENV_DISK */
export function writeRunState(runDir: string, run: Pick<RunState, "runId" | "tier" | "state">): void {
  save(runDir, { ...run, pid: process.pid, pidStartedAt: processStartedAt(process.pid) });
}

/** Changes only the state: the runner stays who it was. @throws USAGE_RUN, ENV_DISK */
export function markRunState(runDir: string, state: RunState["state"]): void {
  save(runDir, { ...readRunState(runDir), state });
}

/** @throws USAGE_RUN when the folder holds no run, or an unreadable one */
export function readRunState(runDir: string): RunState {
  const file = join(runDir, FILE);
  if (!existsSync(file)) {
    throw new FiredrillError("USAGE_RUN", "this folder holds no run", {
      received: runDir,
      expected: `a folder with ${FILE} in it`,
      hint: "firedrill ls lists the runs",
    });
  }
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new FiredrillError("USAGE_RUN", `${FILE} can't be read`, {
      received: file,
      expected: "runId, tier, pid, pidStartedAt and state as JSON",
      hint: "firedrill down removes a run's stack by its id, without this file",
      cause,
    });
  }
}

/** Is the process that started the run still at work? */
export function runnerIsAlive(run: RunState): boolean {
  try {
    process.kill(run.pid, 0);
  } catch (error) {
    // EPERM: there is such a process, and it belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // Where start times are known and none is found now, the process has ended (or is a zombie).
  return run.pidStartedAt === null || processStartedAt(run.pid) === run.pidStartedAt;
}

/** Boot and clock tick at which a process began (proc(5), `stat`, field 22); null without /proc or when it has ended. */
function processStartedAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, field 2, is in brackets and may hold anything; field 3 follows the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

/** Whole or not at all: written beside, flushed, renamed. */
function save(runDir: string, run: RunState): void {
  const file = join(runDir, FILE);
  const draft = `${file}.${process.pid}`;
  try {
    const fd = openSync(draft, "w");
    writeFileSync(fd, `${JSON.stringify(run, null, 2)}\n`);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(draft, file);
  } catch (cause) {
    throw new FiredrillError("ENV_DISK", `${FILE} can't be written: ${(cause as Error).message}`, {
      received: file,
      expected: "a writable folder on a disk with room",
      hint: "free some room or set FIREDRILL_RUNS_DIR to another disk, then run again",
      cause,
    });
  }
}
