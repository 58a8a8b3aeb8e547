import type { Random } from "../../../harness/service/host.ts";
import { hex32 } from "../work.ts";
import type { Engine } from "./engine.ts";
import type { MinerFaults } from "./faults.ts";
import type { Dial, Link } from "./link.ts";
import type { Profile } from "./profile.ts";
import { openSession } from "./session.ts";
import type { MinerWork, Session, SessionOptions, Share } from "./session.ts";

/** What all miners of a fleet have done so far. */
export interface Totals {
  submitted: number;
  accepted: number;
  /** Difficulty of the jobs whose shares were taken. */
  work: number;
  readonly refused: Record<string, number>;
  connects: number;
  jobs: number;
}

export interface MinerOptions {
  readonly dial: Dial;
  readonly session: SessionOptions;
  readonly engine: Engine;
  readonly random: Random;
  /** Hashes per second. */
  readonly hashrate: number;
  readonly profile: Profile;
  /** From the miner to the pool, and back, each. */
  readonly latencyMs: number;
  readonly faults: MinerFaults;
  readonly totals: Totals;
}

export interface Miner {
  /** False while there is no connection. */
  readonly connected: boolean;
  /** The difficulty of its job; 0: it has none. */
  readonly difficulty: number;
  connect(nowMs: number): void;
  /** When it wants to connect again; infinity: it is connected, or has not begun. */
  readonly retryAtMs: number;
  /** Everything that falls into the last `passedMs`. */
  step(nowMs: number, passedMs: number): void;
  close(): void;
}

/** First wait before another try, doubled each time up to the last, in ms, and spread by half. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Shares that a miner keeps back to submit too late. */
const MAX_KEPT = 1_000;

/** One miner. It sees time only in its steps, so 10,000 of them need one clock and no timer of their own. */
export function createMiner(options: MinerOptions): Miner {
  const { dial, engine, random, faults, totals, latencyMs } = options;
  let link: Link | null = null;
  let session: Session | null = null;
  let work: MinerWork | null = null;
  let startedMs: number | null = null;
  let nowMs = 0;
  let retryMs = FIRST_RETRY_MS;
  let retryAtMs = Infinity;
  let where: Parameters<Dial>[0] = null;
  let jobs = 0;
  let kept: Share[] = [];
  /** On their way, in the order of their times: the latency is always the same. */
  let outbound: { readonly dueMs: number; readonly share: Share }[] = [];
  let inbound: { readonly dueMs: number; readonly work: MinerWork }[] = [];
  /** Difficulties of the shares that have no answer yet, oldest first. */
  let open: number[] = [];

  const lost = () => {
    link = null;
    session = null;
    work = null;
    outbound = [];
    inbound = [];
    open = [];
    if (retryAtMs !== Infinity) return;
    retryAtMs = nowMs + retryMs * (0.5 + random.next());
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
  const judged = (reason: string | null) => {
    const worth = open.shift() ?? 0;
    if (reason !== null) return void (totals.refused[reason] = (totals.refused[reason] ?? 0) + 1);
    totals.accepted += 1;
    totals.work += worth;
    retryMs = FIRST_RETRY_MS;
  };
  const takeUp = (next: MinerWork) => {
    jobs += 1;
    totals.jobs += 1;
    work = next;
    engine.start(next);
    if (next.clean) {
      kept.forEach(submit);
      kept = [];
    }
    if (jobs === faults.deafAfterJobs) link?.deafen();
  };
  const submit = (share: Share) => outbound.push({ dueMs: nowMs + latencyMs, share });
  const send = (share: Share) => {
    totals.submitted += 1;
    open.push(work?.difficulty ?? 0);
    session?.submit(share);
  };
  const chance = (rate: number) => rate > 0 && random.next() < rate;
  const found = (share: Share) => {
    const rolled =
      faults.rollTimeSec === 0
        ? share
        : { ...share, time: hex32(Number.parseInt(share.time, 16) + random.below(faults.rollTimeSec + 1)) };
    if (chance(faults.stale) && kept.length < MAX_KEPT) return void kept.push(rolled);
    submit(rolled);
    if (chance(faults.duplicate)) submit(rolled);
  };

  return {
    get connected() {
      return link !== null;
    },
    get difficulty() {
      return work?.difficulty ?? 0;
    },
    get retryAtMs() {
      return retryAtMs;
    },
    connect(atMs) {
      nowMs = atMs;
      startedMs ??= atMs;
      retryAtMs = Infinity;
      jobs = 0;
      totals.connects += 1;
      const mine = dial(where);
      link = mine;
      mine.onClose(() => {
        if (link === mine) lost();
      });
      session = openSession(mine, options.session, {
        work: (next) =>
          latencyMs === 0 ? takeUp(next) : void inbound.push({ dueMs: nowMs + latencyMs, work: next }),
        judged,
        reconnect(to, waitSec) {
          where = to;
          retryAtMs = nowMs + waitSec * 1_000;
          mine.close();
          if (link === mine) lost();
        },
        refused: (reason) => void (totals.refused[reason] = (totals.refused[reason] ?? 0) + 1),
      });
    },
    step(atMs, passedMs) {
      nowMs = atMs;
      while (inbound[0] !== undefined && inbound[0].dueMs <= nowMs)
        takeUp((inbound.shift() as { work: MinerWork }).work);
      if (work !== null && link !== null) {
        const rate = options.hashrate * options.profile(nowMs - (startedMs ?? nowMs));
        const hashes = (rate * passedMs) / 1_000;
        const difficulty = faults.fakeDifficulty > 0 ? faults.fakeDifficulty : work.difficulty;
        for (const share of engine.search(hashes, difficulty)) {
          found(share);
          if (chance(faults.lowDifficulty)) submit({ ...share, nonce: hex32(random.below(2 ** 32)) });
        }
      }
      while (outbound[0] !== undefined && outbound[0].dueMs <= nowMs)
        send((outbound.shift() as { share: Share }).share);
    },
    close() {
      const mine = link;
      link = null;
      mine?.close();
    },
  };
}
