import { expect, test } from "vitest";
import { testMock } from "../core/echo.testkit.ts";
import { REACH } from "./clients.testkit.ts";
import { mine } from "./fleet.testkit.ts";
import { rateText, userOf } from "./pool/stats.ts";
import { createVardiff } from "./pool/vardiff.ts";
import { stratumMock } from "./stratum.ts";

const settings = { network: "main", oracle: "key", startDiff: "256", minDiff: "1", bits: "" };

test("what ckpool writes to its files, and the metrics that its alerts read", async () => {
  const reached = await REACH.standalone({ settings: { ...settings, blockEvery: "off", bits: "17021369" } });
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${reached.statusPort}${path}`)).text();
  try {
    const report = (await mine(reached.mock, 300_000, { count: 4, user: "bc1qx" })).report();
    const lines = (await get("/pool/pool.status")).trim().split("\n");
    const [summary, rates, shares] = lines.map((line) => JSON.parse(line));
    expect(summary).toMatchObject({ runtime: 300, Users: 1, Workers: 0, Idle: 0, Disconnected: 4 });
    expect(Number.parseFloat(rates.hashrate5m)).toBeGreaterThan(3);
    expect(rates.hashrate5m).toMatch(/^[345]\.?\d*T$/);
    expect(shares).toMatchObject({ accepted: Math.round(report.work), rejected: 0 });
    const user = JSON.parse(await get("/users/bc1qx"));
    expect(user).toMatchObject({ workers: 0, shares: Math.round(report.work) });
    expect(user.worker.map(({ workername }: { workername: string }) => workername)).toEqual(
      [0, 1, 2, 3].map((at) => `bc1qx.${at}`),
    );
    expect(JSON.parse(await get("/workers/bc1qx.2"))).toEqual(
      expect.objectContaining({ shares: user.worker[2].shares, bestshare: user.worker[2].bestshare }),
    );
    const metrics = await get("/metrics");
    expect(metrics).toContain(`ckpool_shares_valid_total ${report.accepted}\n`);
    expect(metrics).toContain("ckpool_connected_miners 0\n");
    for (const path of ["/users/nobody", "/workers/%", "/nothing"])
      expect(await get(path)).toBe("404 Not Found\n");
    expect(reached.mock.journal.unmodelled()).toBe(3);
  } finally {
    await reached.close();
  }
});

test("names and rates as ckpool writes them", () => {
  expect(["a.b.c", "a_b", "a", ""].map(userOf)).toEqual(["a", "a", "a", ""]);
  expect([0, 999, 1_000, 1.234e12, 9.99e23].map(rateText)).toEqual(["0", "999", "1K", "1.23T", "999Z"]);
});

test("vardiff: 72 shares or 240 s, not between; no change while a share comes every 3.33 s; limits", () => {
  const limits = { least: 1, most: 1_000 };
  /** The first change when a share comes every so often: after how many, to what. */
  const first = (everyMs: number, current: number, asked = 0) => {
    const vardiff = createVardiff();
    for (let count = 1; count <= 200; count++) {
      const next = vardiff.share(current, current, count * everyMs, limits, asked);
      if (next !== null) return [count, next];
    }
    return null;
  };
  expect(first(3_330, 100)).toBeNull();
  // The short average after 72 shares: 100 a second.
  expect(first(1_000, 100)?.[0]).toBe(72);
  expect(first(1_000, 100)?.[1]).toBeCloseTo(333, -1.2);
  // 240 s: the 25th share, and the long one.
  expect(first(10_000, 100)?.[0]).toBe(25);
  expect(first(10_000, 100)?.[1]).toBeLessThan(45);
  expect(first(100, 100)).toEqual([72, 1_000]);
  expect(first(100_000, 2)?.[1]).toBe(1);
  // Who asked for a least difficulty is let alone until there is a share every two seconds.
  expect([first(10_000, 100, 100), first(1_000, 100, 100)?.[1]]).toEqual([null, expect.closeTo(240, -1.5)]);
});

test.each([
  ["dialect", "json"],
  ["startDiff", "0"],
  ["versionMask", "ffff"],
  ["tag", "x".repeat(61)],
  ["network", "moon"],
])("the setting %s can't be %s", (name, value) => {
  expect(() => testMock(stratumMock, { settings: { [name]: value } })).toThrow("makes no sense");
});

test("an act that is none says which there are", () => {
  expect(() => testMock(stratumMock, {}).built.act?.({ dance: true })).toThrow("the pool can't do this");
});
