import { parseFlags } from "../../harness/cli/command.ts";
import { FiredrillError } from "../../harness/error.ts";
import { parseDurationMs } from "../../harness/time/duration.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { createFleet } from "../stratum/miners/fleet.ts";
import type { FleetReport } from "../stratum/miners/fleet.ts";
import { NO_FAULTS } from "../stratum/miners/faults.ts";
import { parseProfile } from "../stratum/miners/profile.ts";
import { tcpDial } from "../stratum/miners/tcp-link.ts";
import { rateText } from "../stratum/pool/stats.ts";
import { untilStopped } from "./until-stopped.ts";

const usage =
  "mocks miners --pool host:port [--count N] [--hashrate N] [--oracle KEY] [--profile P] [--latency 40ms] [--for 60s] [--shares N] " +
  "[--user NAME] [--password P] [--seed N] [--connects N] [--mask HEX] [--stale N] [--duplicate N] [--low-difficulty N] " +
  "[--fake-difficulty N] [--roll-time SECONDS] [--deaf-after JOBS]";

const text = (value: string) => ({ type: "string", default: value }) as const;
const FLAGS = {
  pool: text(""),
  count: text("1"),
  /** Hashes per second of each miner; real ones get less where the machine can't do it. */
  hashrate: text("500000"),
  /** The key of the pool's setting `oracle`: simulated miners, no hashing. */
  oracle: { type: "string" },
  profile: text("track"),
  latency: text("0ms"),
  /** Empty: until Ctrl-C. */
  for: text(""),
  /** Ends after so many shares that were taken; 0: any number. */
  shares: text("0"),
  user: text("firedrill"),
  password: text("x"),
  seed: text("1"),
  /** Connections begun per second. */
  connects: text("500"),
  /** Version bits to roll. */
  mask: { type: "string" },
  stale: text("0"),
  duplicate: text("0"),
  "low-difficulty": text("0"),
  "fake-difficulty": text("0"),
  "roll-time": text("0"),
  "deaf-after": text("0"),
} as const;

/** A step of simulated miners; real ones look at the network between two, so theirs are shorter. */
const STEP_MS = 100;
const HASHING_STEP_MS = 10;
const REPORT_EVERY_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** `firedrill mocks miners`: mines at a pool, this one or a real one, until Ctrl-C. Exit status 1: no share was taken. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseFlags(usage, args, FLAGS);
  const [, host, port] = /^(.+):(\d+)$/.exec(values.pool) ?? [];
  if (host === undefined || port === undefined)
    throw new FiredrillError("USAGE_FLAG", "which pool?", {
      received: values.pool,
      expected: "--pool host:port",
    });
  if (values.mask !== undefined && !/^[0-9a-f]{8}$/.test(values.mask))
    throw new FiredrillError("USAGE_FLAG", "--mask is no mask", {
      received: values.mask,
      expected: "8 hex digits, such as 1fffe000",
    });
  const number = (name: keyof typeof values, most: number): number => {
    const value = Number(values[name]);
    if (values[name] !== "" && value >= 0 && value <= most) return value;
    throw new FiredrillError("USAGE_FLAG", `--${name} makes no sense`, {
      received: String(values[name]),
      expected: `a number up to ${most}`,
    });
  };
  const clock = systemClock();
  const oracle = values.oracle ?? null;
  const fleet = createFleet({
    dial: tcpDial(host, Number(port)),
    clock,
    seed: number("seed", 1e9),
    count: number("count", 100_000),
    hashrate: number("hashrate", 1e18),
    profile: parseProfile(values.profile),
    latencyMs: parseDurationMs(values.latency),
    faults: {
      ...NO_FAULTS,
      stale: number("stale", 1),
      duplicate: number("duplicate", 1),
      lowDifficulty: number("low-difficulty", 1),
      fakeDifficulty: number("fake-difficulty", 1e15),
      rollTimeSec: number("roll-time", 86_400),
      deafAfterJobs: number("deaf-after", 1e6),
    },
    oracle,
    user: values.user,
    password: values.password,
    mask: values.mask ?? null,
    connectsPerSec: Math.max(1, number("connects", 1e5)),
    stepMs: oracle === null ? HASHING_STEP_MS : STEP_MS,
  });
  const over = new AbortController();
  const stop = () => over.abort();
  void untilStopped().then(stop);
  if (values.for !== "") void clock.sleep(parseDurationMs(values.for), over.signal).then(stop);
  const enough = number("shares", 1e12);
  if (enough > 0) void counting();
  void reporting(fleet.report, over.signal);
  await fleet.run(over.signal);
  const last = fleet.report();
  process.stdout.write(`${line(last)}\n`);
  return last.accepted > 0 ? 0 : 1;

  async function counting(): Promise<void> {
    while (!over.signal.aborted && fleet.report().accepted < enough)
      await clock.sleep(LOOK_EVERY_MS, over.signal);
    stop();
  }

  async function reporting(report: () => FleetReport, signal: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(REPORT_EVERY_MS, signal);
      if (signal.aborted) return;
      process.stdout.write(`${line(report())}\n`);
    }
  }
}

function line(report: FleetReport): string {
  const refused = Object.entries(report.refused).map(([reason, count]) => `${count} ${reason}`);
  return (
    `${report.connected} connected · ${report.submitted} submitted · ${report.accepted} accepted · ` +
    `${rateText(report.hashrate)}H/s${refused.length === 0 ? "" : ` · refused: ${refused.join(", ")}`}`
  );
}
