import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { REACH } from "../stratum/clients.testkit.ts";

const MAIN = fileURLToPath(new URL("../../harness/cli/main.ts", import.meta.url));

/** `firedrill mocks miners …` in a process of its own. */
const miners = (...args: string[]) =>
  execa(process.execPath, [MAIN, "mocks", "miners", ...args], { reject: false, timeout: 60_000 });
const run = { mode: { kind: "run", scale: 1 } } as const;

test("hashes for a pool, and simulates a fleet for one that shares a key", async () => {
  const hashing = await REACH.standalone(run);
  const oracle = { oracle: "key", network: "main", bits: "17021369", startDiff: "1000" };
  const simulated = await REACH.standalone({ ...run, settings: oracle });
  try {
    const fleet = ["--oracle", "key", "--count", "50", "--hashrate", "1e13", "--latency", "20ms"];
    const manners = ["--profile", "oscillate", "--duplicate", "0.5", "--shares", "50"];
    const started = [
      miners("--pool", `127.0.0.1:${hashing.port}`, "--shares", "3", "--mask", "1fffe000"),
      miners("--pool", `127.0.0.1:${simulated.port}`, ...fleet, ...manners),
    ];
    const [real, drawn] = await Promise.all(started);
    expect(real?.stdout).toMatch(/([3-9]|\d\d+) accepted · .*H\/s/);
    expect([real?.exitCode, drawn?.exitCode]).toEqual([0, 0]);
    expect(drawn?.stdout).toMatch(/\d\d+ accepted · .*H\/s · refused: .*Duplicate/);
    expect(hashing.mock.built.state()).toMatchObject({ workers: 1, accepted: expect.any(Number) });
    expect(simulated.mock.built.state()).toMatchObject({ workers: 50 });
  } finally {
    await hashing.close();
    await simulated.close();
  }
});

test("says what is wrong with what it was told", async () => {
  const [none, rate, profile] = await Promise.all([
    miners(),
    miners("--pool", "a:1", "--stale", "2"),
    miners("--pool", "a:1", "--profile", "up"),
  ]);
  expect([none.exitCode, none.stderr]).toEqual([64, expect.stringContaining("which pool?")]);
  expect(rate.stderr).toContain("--stale makes no sense");
  expect(profile.stderr).toContain("step:at=60s,factor=4");
});
