import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  execa("node", [MAIN, ...args], { preferLocal: true, reject: false, timeout: 25_000, env });

it("names the stand-ins when asked for one that does not exist", async () => {
  const { exitCode, stderr } = await run(["contrl-plane"]);
  expect(exitCode).toBe(64);
  expect(stderr).toContain("contrl-plane");
  expect(stderr).toContain("control-plane, worker, load-balancer");
});

it("says which setting is missing", async () => {
  const { exitCode, stderr } = await run(["worker"]);
  expect(exitCode).toBe(64);
  expect(stderr).toContain("CONTROLLER_URL is not set");
});

it("refuses a setting that is no time", async () => {
  const { exitCode, stderr } = await run(["worker"], {
    CONTROLLER_URL: "http://x",
    HEARTBEAT_INTERVAL_MS: "2s",
  });
  expect(exitCode).toBe(64);
  expect(stderr).toContain("HEARTBEAT_INTERVAL_MS");
});
