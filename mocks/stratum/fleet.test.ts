import { describe, expect, test } from "vitest";
import { testMock } from "../core/echo.testkit.ts";
import type { RunningMock } from "../core/life.ts";
import { EASY, rehash } from "./clients.testkit.ts";
import type { WireWork } from "./clients.testkit.ts";
import { mine } from "./fleet.testkit.ts";
import { NO_FAULTS } from "./miners/faults.ts";
import type { MinerFaults } from "./miners/faults.ts";
import type { FleetReport } from "./miners/fleet.ts";
import { parseProfile } from "./miners/profile.ts";
import { stratumMock } from "./stratum.ts";

const frozen = { kind: "frozen" } as const;
/** A pool for terahashes, where nobody hashes. */
const big = (settings: Record<string, string> = {}): RunningMock =>
  testMock(stratumMock, {
    mode: frozen,
    settings: {
      network: "main",
      oracle: "key",
      startDiff: "256",
      minDiff: "1",
      blockEvery: "off",
      ...settings,
    },
  });
const EQUAL = (share: number) => (1e12 / 2 ** 32) * share;

describe("miners that hash", () => {
  test("every share that is taken hashes to what it must, by other code; with version rolling and blocks", async () => {
    const mock = testMock(stratumMock, { mode: frozen, settings: EASY });
    const jobs = new Map<string, WireWork>();
    const extranonces = new Map<number, string>();
    const submitted: { id: number; connection: number; params: string[] }[] = [];
    const taken: string[] = [];
    const tap = {
      sent(connection: number, line: string) {
        const { id, method, params } = JSON.parse(line);
        if (method === "mining.submit") submitted.push({ id, connection, params });
      },
      received(connection: number, line: string) {
        const { id, method, params, result } = JSON.parse(line);
        if (id === 2) extranonces.set(connection, result[1]);
        if (method === "mining.notify") {
          const extranonce1 = extranonces.get(connection) ?? "";
          jobs.set(`${connection}/${params[0]}`, { extranonce1, params, difficulty: 0.000001 });
        }
        const share = submitted.find((it) => it.id === id && it.connection === connection);
        if (share === undefined || result !== true) return;
        const [, job = "", extranonce2 = "", time = "", nonce = "", versionBits = ""] = share.params;
        const work = jobs.get(`${connection}/${job}`) as WireWork;
        const { hash, difficulty } = rehash(work, { extranonce2, time, nonce, versionBits });
        expect(difficulty).toBeGreaterThanOrEqual(0.000001);
        taken.push(hash);
      },
    };
    mock.faults.put("f", { kind: "vardiff.frozen" });
    const fleet = await mine(
      mock,
      1_200,
      { oracle: null, count: 3, hashrate: 100_000, mask: "1fffe000", stepMs: 50 },
      tap,
    );
    const { accepted, refused } = fleet.report();
    expect(accepted).toBe(taken.length);
    expect(accepted).toBeGreaterThan(30);
    expect(new Set(taken).size).toBe(accepted);
    const noted = mock.journal.entries().filter(({ kind }) => kind === "share.accepted");
    expect(noted.map(({ fields }) => fields["hash"])).toEqual(taken);
    const { height, found } = mock.built.state() as { height: number; found: { outcome: string }[] };
    expect(height).toBeGreaterThan(0);
    expect(found.every(({ outcome }) => outcome === "accepted")).toBe(true);
    // What was under way when a block came.
    expect(Object.keys(refused).filter((reason) => reason !== "Stale")).toEqual([]);
  });
});

describe("miners that draw their shares", () => {
  test("10,000 of them: shares as many as their hash rate brings, each on its own extranonce", async () => {
    const mock = big({ startDiff: "2328" });
    mock.faults.put("f", { kind: "vardiff.frozen" });
    // 10,000 TH/s at difficulty 2,328: a share per miner in 10 s.
    const seconds = 12;
    const fleet = await mine(mock, seconds * 1_000, { count: 10_000, stepMs: 500 });
    const report = fleet.report();
    expect(report).toMatchObject({ connected: 0, connects: 10_000, refused: {} });
    const expected = 10_000 * (seconds / 10);
    // Five deviations of a Poisson process, and the last steps' shares.
    expect(Math.abs(report.accepted - expected)).toBeLessThan(5 * Math.sqrt(expected) + 0.05 * expected);
    expect(mock.built.state()).toMatchObject({ accepted: report.accepted, workers: 10_000, clients: 0 });
  });

  test("difficulties beyond the asked one are as rare as by hashing", async () => {
    const mock = big();
    const shares: number[] = [];
    const tap = {
      sent(_: number, line: string) {
        const { method, params } = JSON.parse(line);
        if (method === "mining.submit") shares.push(Buffer.from(params[4], "hex").readFloatBE() / 256);
      },
      received() {},
    };
    mock.faults.put("f", { kind: "vardiff.frozen" });
    await mine(mock, 60_000, { count: 20, hashrate: 1e12 }, tap);
    const above = (factor: number) => shares.filter((it) => it >= factor).length / shares.length;
    expect(above(1)).toBe(1);
    expect(above(2)).toBeCloseTo(0.5, 1);
    expect(above(10)).toBeCloseTo(0.1, 1);
  });

  test("shares without the key are worth nothing", async () => {
    const fleet = await mine(big(), 10_000, { oracle: "another" });
    expect(fleet.report()).toMatchObject({ accepted: 0, refused: { "Above target": expect.any(Number) } });
  });

  test("vardiff brings a share every 3.33 s, up from below and down from above", async () => {
    for (const startDiff of ["16", "20000"]) {
      const mock = big({ startDiff });
      await mine(mock, 1_800_000, { count: 4 });
      const said = mock.journal.entries().filter(({ kind }) => kind === "difficulty");
      for (const client of ["1", "2", "3", "4"]) {
        const last = said.findLast(({ fields }) => fields["client"] === client);
        // Between one share in 2.5 s and one in 6.7 s is left alone; counting so few shares errs by a third.
        expect(Number(last?.fields["to"]) / EQUAL(1)).toBeGreaterThan(1.6);
        expect(Number(last?.fields["to"]) / EQUAL(1)).toBeLessThan(9);
      }
    }
  });

  test("a miner that asks for a least difficulty never gets less", async () => {
    const mock = big({ startDiff: "16" });
    await mine(mock, 600_000, { password: "diff=5000" });
    const said = mock.journal.entries().filter(({ kind }) => kind === "difficulty");
    expect(said.map(({ fields }) => fields["to"])).toEqual([5_000]);
  });

  test("stale shares come of latency and blocks, about as often as they must", async () => {
    const mock = big({ blockEvery: "10s" });
    mock.faults.put("f", { kind: "vardiff.frozen" });
    const report = (await mine(mock, 600_000, { count: 4, latencyMs: 500 })).report();
    const rate = (report.refused["Stale"] ?? 0) / report.submitted;
    // Half a second there, half a second back, ten seconds a block.
    expect(rate).toBeGreaterThan(0.05);
    expect(rate).toBeLessThan(0.15);
  });

  test.each([true, false])("a fleet that is sent away (dropped: %s) comes back", async (drop) => {
    const mock = big();
    const running = mine(mock, 20_000, { count: 50 });
    await new Promise((resolve) => setImmediate(resolve));
    mock.faults.put("storm", { kind: "reconnect.storm", params: { drop } });
    const report = (await running).report();
    expect(report.connects).toBe(100);
    expect(report.accepted).toBeGreaterThan(0);
  });
});

describe("bad miners, as the pool sees them", () => {
  const judged = async (faults: Partial<MinerFaults>, settings = {}): Promise<FleetReport> => {
    const mock = big(settings);
    mock.faults.put("f", { kind: "vardiff.frozen" });
    return (await mine(mock, 120_000, { count: 4, faults: { ...NO_FAULTS, ...faults } })).report();
  };
  test.each<[string, Partial<MinerFaults>, string, number]>([
    ["stale", { stale: 0.3 }, "Stale", 0.3],
    ["duplicate", { duplicate: 0.3 }, "Duplicate", 0.3 / 1.3],
    ["low difficulty", { lowDifficulty: 0.3 }, "Above target", 0.3 / 1.3],
    ["fake difficulty", { fakeDifficulty: 128 }, "Above target", 0.5],
    ["time rolled too far", { rollTimeSec: 14_000 }, "Ntime out of range", 0.5],
  ])("%s", async (_, faults, reason, rate) => {
    const { refused, submitted } = await judged(
      faults,
      faults.stale === undefined ? {} : { blockEvery: "5s" },
    );
    expect((refused[reason] ?? 0) / submitted).toBeCloseTo(rate, 1);
  });

  test("the older dialect of refusal says the same", async () => {
    const { refused } = await judged({ duplicate: 0.3 }, { dialect: "reason" });
    expect(refused).toEqual({ Duplicate: expect.any(Number) });
  });

  test("one that reads no more goes on with its last job, and hears of no share", async () => {
    const mock = big({ blockEvery: "60s" });
    const report = (await mine(mock, 120_000, { faults: { ...NO_FAULTS, deafAfterJobs: 1 } })).report();
    expect(report).toMatchObject({ jobs: 1, accepted: 0 });
    const { accepted, refused } = mock.built.state() as { accepted: number; refused: { Stale: number } };
    expect(accepted).toBeGreaterThan(0);
    expect(refused.Stale).toBeGreaterThan(0);
  });
});

test.each([
  ["track", [1, 1, 1]],
  ["step:at=10s,factor=3", [1, 3, 3]],
  ["ramp:at=20s,factor=3", [1, 2, 3]],
  ["stall:at=10s,for=5s", [1, 0, 1]],
  ["burst:every=15s,for=5s,factor=2", [2, 1, 1]],
  ["oscillate:every=40s,amplitude=0.5", [1, 1.5, 1]],
])("the profile %s", (text, wanted) => {
  const profile = parseProfile(text);
  expect([0, 10_000, 20_000].map((ms) => Number(profile(ms).toFixed(6)))).toEqual(wanted);
});

test("a profile that is none says which there are", () => {
  for (const text of ["up", "step:by=3", "step:factor=x"])
    expect(() => parseProfile(text)).toThrow("the profile can't be read");
});

test("a burst of hash rate shows in the shares", async () => {
  const mock = big();
  mock.faults.put("f", { kind: "vardiff.frozen" });
  const quiet = (await mine(mock, 60_000, { count: 10 })).report();
  mock.reset();
  mock.faults.put("f", { kind: "vardiff.frozen" });
  const loud = (
    await mine(mock, 60_000, { count: 10, profile: parseProfile("step:at=0s,factor=4") })
  ).report();
  expect(loud.accepted / quiet.accepted).toBeCloseTo(4, 0);
});
