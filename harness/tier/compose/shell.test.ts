import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { runShell } from "./shell.ts";

const around = { env: { PATH: process.env["PATH"] ?? "", BASE: "base" }, cwd: tmpdir() };
const step = (
  script: string,
  more: { env?: Record<string, string>; timeoutMs?: number; signal?: AbortSignal } = {},
) =>
  runShell(
    {
      script,
      env: more.env ?? {},
      timeoutMs: more.timeoutMs ?? 60_000,
      signal: more.signal ?? new AbortController().signal,
    },
    around,
  );

it("tells both streams in their true order, and the exit code", async () => {
  const result = await step("echo one; echo two >&2; echo three; exit 4");
  expect(result).toMatchObject({ outcome: "exited", exitCode: 4, output: "one\ntwo\nthree\n" });
});

it("stops at the first failing command, unset variable or broken pipe", async () => {
  expect(await step("false\necho never")).toMatchObject({ exitCode: 1, output: "" });
  expect(await step("echo $NOT_SET")).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining("NOT_SET"),
  });
  expect(await step("false | cat\necho never")).toMatchObject({ exitCode: 1, output: "" });
});

it("names the script's own line in bash's messages", async () => {
  expect((await step("true\nno-such-command")).output).toContain("line 2");
});

it("hands exported variables on, also from a step that failed", async () => {
  const first = await step("export NEW=$'two\\nlines' OLD=changed; LOCAL=x; cd /; exit 1", {
    env: { OLD: "old", KEPT: "k" },
  });
  expect(first.env).toEqual({ NEW: "two\nlines", OLD: "changed", KEPT: "k" });
  const second = await step("echo $OLD $KEPT $BASE", { env: first.env });
  expect(second.output).toBe("changed k base\n");
});

it("keeps the end of a long output", async () => {
  const { output } = await step("for i in $(seq 1 20000); do echo line $i; done");
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(64 * 1024);
  expect(output).toMatch(/^\[the first \d+ bytes were dropped\]\n/);
  expect(output.endsWith("line 20000\n")).toBe(true);
});

it("kills the whole process group when time is up, and keeps what was said", async () => {
  const result = await step("echo $$; sleep 1000 & echo $!; wait", { timeoutMs: 1_500 });
  expect(result).toMatchObject({ outcome: "timeout", exitCode: null });
  const pids = result.output.trim().split("\n").map(Number);
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});

it("leaves no background process behind a step that has ended", async () => {
  const { output } = await step("sleep 1000 >/dev/null 2>&1 3>&- & echo $!");
  await expect.poll(() => isAlive(Number(output)), { timeout: 20_000 }).toBe(false);
});

it("is interrupted by the run's signal, before and while it runs", async () => {
  const controller = new AbortController();
  const running = step("sleep 1000", { signal: controller.signal });
  controller.abort();
  expect(await running).toMatchObject({ outcome: "interrupted", exitCode: null });
  expect(await step("echo never", { signal: controller.signal })).toMatchObject({
    outcome: "interrupted",
    output: "",
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
