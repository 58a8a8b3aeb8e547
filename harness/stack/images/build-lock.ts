import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { FiredrillError } from "../../error.ts";
import { systemClock } from "../../time/system-clock.ts";
import { cacheDir } from "./cache-dir.ts";

const POLL_MS = 200;
const TELL_EVERY_MS = 15_000;

export interface LockOptions {
  readonly signal: AbortSignal;
  readonly progress?: (line: string) => void;
  /** How long to wait for another process, in ms. */
  readonly waitMs?: number;
  /** Folder of the lock files; the per-user cache unless a test says otherwise. */
  readonly folder?: string;
}

/** Runs `work` while no other process of this user runs work under the same name. A dead owner's lock is broken. */
export async function withBuildLock<T>(
  name: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const folder = options.folder ?? join(cacheDir(), "locks");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name.replaceAll(/[^a-z0-9.-]/gi, "_")}.lock`);
  await acquire(file, name, options);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, name: string, options: LockOptions): Promise<void> {
  const clock = systemClock();
  const waitMs = options.waitMs ?? 20 * 60_000;
  let toldMs = 0;
  while (true) {
    options.signal.throwIfAborted();
    if (await createExclusively(file, JSON.stringify(owner()))) return;
    await breakIfStale(file);
    const waitedMs = clock.nowMs();
    if (waitedMs > waitMs) {
      throw new FiredrillError("ENV_IMAGE", `another process has been building ${name} for too long`, {
        received: `${file}, held for more than ${Math.round(waitMs / 1000)} s`,
        hint: "wait for it, or stop it and run again",
      });
    }
    if (waitedMs - toldMs > TELL_EVERY_MS) {
      toldMs = waitedMs;
      options.progress?.(
        `waiting for another process that builds ${name} (${Math.round(waitedMs / 1000)} s)`,
      );
    }
    await clock.sleep(POLL_MS, options.signal);
  }
}

/** Written elsewhere and then linked into place, so that a lock file is never seen half-written. */
async function createExclusively(file: string, content: string): Promise<boolean> {
  const draft = asideOf(file);
  await writeFile(draft, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

const asideOf = (file: string): string => `${file}.${process.pid}.${process.hrtime.bigint()}`;

/**
 * Two waiters may find the same dead owner, and the slower must not remove the lock that the faster has just
 * made. So the file is moved aside first: the move happens once, and if it took a living lock, it goes back.
 */
async function breakIfStale(file: string): Promise<void> {
  if (!isStale(await readText(file))) return;
  const aside = asideOf(file);
  try {
    await rename(file, aside);
  } catch {
    return; // Someone else was faster.
  }
  const moved = await readText(aside);
  if (moved !== null && !isStale(moved)) await createExclusively(file, moved);
  await rm(aside, { force: true });
}

interface Owner {
  readonly pid: number;
  /** Start time in clock ticks since boot (Linux), so that a reused process id is not taken for the owner. */
  readonly started: string | null;
}

const owner = (): Owner => ({ pid: process.pid, started: startOf(process.pid) });

function isStale(content: string | null): boolean {
  if (content === null) return false;
  let holder: Owner;
  try {
    holder = JSON.parse(content) as Owner;
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
  return holder.started !== startOf(holder.pid);
}

/** Field 22 of `/proc/<pid>/stat`, counted after the parenthesised name; `null` where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch(() => null);
}
