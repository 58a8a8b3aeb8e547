import { expectedHashes } from "../../bitcoin/chain/target.ts";
import { createAverage } from "../average.ts";

/** ckpool's windows and their names, in seconds. */
const WINDOWS = { "1m": 60, "5m": 300, "1hr": 3_600, "1d": 86_400, "7d": 604_800 } as const;
type Window = keyof typeof WINDOWS;
const NAMES = Object.keys(WINDOWS) as Window[];

/** Workers that are remembered; what others do still counts for the pool. */
const MAX_WORKERS = 100_000;

/** Accepted work of one worker, one user or the whole pool. */
export interface Tally {
  /** A share that was worth `worth` and had met `difficulty`. */
  add(worth: number, difficulty: number, nowMs: number, wallSec: number): void;
  readonly shares: number;
  /** Sum of the accepted shares' difficulties. */
  readonly work: number;
  readonly best: number;
  /** Seconds since 1970; 0: none yet. */
  readonly lastShareSec: number;
  /** Difficulty 1 shares per second. */
  rate(window: Window, nowMs: number): number;
  /** `{ hashrate1m: "1.2T", … }` */
  hashrates(nowMs: number): Record<string, string>;
}

function createTally(): Tally {
  const averages = NAMES.map((name) => [name, createAverage(WINDOWS[name])] as const);
  let firstMs = 0;
  const tally = { shares: 0, work: 0, best: 0, lastShareSec: 0 };
  const rate = (window: Window, nowMs: number) =>
    averages.find(([name]) => name === window)?.[1].fairAt(nowMs, firstMs) ?? 0;
  return {
    add(worth, difficulty, nowMs, wallSec) {
      if (tally.shares === 0) firstMs = nowMs;
      tally.shares += 1;
      tally.work += worth;
      tally.best = Math.max(tally.best, difficulty);
      tally.lastShareSec = Math.floor(wallSec);
      for (const [, average] of averages) average.add(worth, nowMs);
    },
    get shares() {
      return tally.shares;
    },
    get work() {
      return tally.work;
    },
    get best() {
      return tally.best;
    },
    get lastShareSec() {
      return tally.lastShareSec;
    },
    rate,
    hashrates: (nowMs) =>
      Object.fromEntries(
        NAMES.map((name) => [`hashrate${name}`, rateText(expectedHashes(rate(name, nowMs)))]),
      ),
  };
}

export interface Worker {
  readonly name: string;
  readonly user: string;
  readonly tally: Tally;
  /** Seconds since 1970. */
  readonly authorisedSec: number;
  /** Connections that have authorised it. */
  connections: number;
}

/** Who mines here, and how much: what ckpool writes to its status files. */
export interface Stats {
  readonly pool: Tally;
  readonly rejected: ReadonlyMap<string, number>;
  readonly rejectedWork: number;
  worker(name: string, wallSec: number): Worker;
  accept(worker: Worker, worth: number, difficulty: number, nowMs: number, wallSec: number): void;
  reject(reason: string, worth: number): void;
  readonly workers: ReadonlyMap<string, Worker>;
  user(name: string): Tally | undefined;
  readonly users: number;
}

export function createStats(): Stats {
  const pool = createTally();
  const workers = new Map<string, Worker>();
  const users = new Map<string, Tally>();
  const rejected = new Map<string, number>();
  let rejectedWork = 0;
  return {
    pool,
    rejected,
    get rejectedWork() {
      return rejectedWork;
    },
    workers,
    user: (name) => users.get(name),
    get users() {
      return users.size;
    },
    worker(name, wallSec) {
      const known = workers.get(name);
      if (known !== undefined) return known;
      const user = userOf(name);
      const worker: Worker = {
        name,
        user,
        tally: createTally(),
        authorisedSec: Math.floor(wallSec),
        connections: 0,
      };
      if (workers.size >= MAX_WORKERS) return worker;
      workers.set(name, worker);
      if (!users.has(user)) users.set(user, createTally());
      return worker;
    },
    accept(worker, worth, difficulty, nowMs, wallSec) {
      for (const tally of [worker.tally, users.get(worker.user), pool])
        tally?.add(worth, difficulty, nowMs, wallSec);
    },
    reject(reason, worth) {
      rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
      rejectedWork += worth;
    },
  };
}

/** `address.rig` and `address_rig` are rigs of `address`, as ckpool reads them. */
export function userOf(worker: string): string {
  return worker.split(/[._]/, 1)[0] ?? worker;
}

/** Three digits and a unit: `1.23T`. */
export function rateText(perSec: number): string {
  const units = ["", "K", "M", "G", "T", "P", "E", "Z"];
  let unit = 0;
  let value = perSec;
  for (; value >= 1_000 && unit < units.length - 1; unit++) value /= 1_000;
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}
