import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withBuildLock } from "./build-lock.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "fd-lock-"))));
afterEach(() => rm(folder, { recursive: true }));
const options = () => ({ folder, signal: new AbortController().signal });

async function holdLock() {
  const entered = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const held = withBuildLock("image", options(), async () => {
    entered.resolve();
    await done.promise;
  });
  await entered.promise;
  return { held, release: () => done.resolve() };
}

test("work under one name never overlaps, and no file stays", async () => {
  let inside = 0;
  let worst = 0;
  const work = async () => {
    worst = Math.max(worst, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all(Array.from({ length: 4 }, () => withBuildLock("image", options(), work)));
  expect(worst).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of a dead process is broken", async () => {
  const child = spawn("true");
  await new Promise((resolve) => child.on("exit", resolve));
  await writeFile(join(folder, "image.lock"), JSON.stringify({ pid: child.pid, started: "1" }));
  expect(await withBuildLock("image", options(), async () => "done")).toBe("done");
});

test.runIf(process.platform === "linux")("a reused process id is not taken for the owner", async () => {
  await writeFile(join(folder, "image.lock"), JSON.stringify({ pid: process.pid, started: "1" }));
  expect(await withBuildLock("image", options(), async () => "done")).toBe("done");
});

test("a living owner is waited for, and the wait has an end", async () => {
  const { held, release } = await holdLock();
  await expect(withBuildLock("image", { ...options(), waitMs: 300 }, async () => {})).rejects.toMatchObject({
    code: "ENV_IMAGE",
  });
  release();
  await held;
});

test("an aborted waiter leaves the lock alone", async () => {
  const { held, release } = await holdLock();
  const stop = new AbortController();
  const waiting = withBuildLock("image", { folder, signal: stop.signal }, async () => {});
  stop.abort();
  await expect(waiting).rejects.toThrow();
  expect(await readdir(folder)).toContain("image.lock");
  release();
  await held;
});

test("failing work releases the lock", async () => {
  await expect(withBuildLock("image", options(), () => Promise.reject(new Error("no")))).rejects.toThrow(
    "no",
  );
  expect(await readdir(folder)).toEqual([]);
});
