import type { MockWorld } from "../../core/mock.ts";
import type { Block } from "../../bitcoin/chain/block.ts";
import { hashOfHeader } from "../../bitcoin/chain/header.ts";
import { madeUpScript } from "../../bitcoin/node/made-up.ts";
import { createNode } from "../../bitcoin/node/node.ts";
import type { BitcoinNode } from "../../bitcoin/node/node.ts";
import type { StratumSettings } from "../settings.ts";
import { createJobs } from "./jobs.ts";
import type { Job, Jobs } from "./jobs.ts";
import { createStats } from "./stats.ts";
import type { Stats } from "./stats.ts";

/** Blocks that GET /state shows. */
const MAX_FOUND = 20;

/** A block that a miner solved, and what the node said. */
export interface FoundBlock {
  readonly height: number;
  readonly hash: string;
  readonly worker: string;
  /** `accepted`, or Core's reason. */
  readonly outcome: string;
}

/** What the pool needs of a connected miner. */
export interface Member {
  readonly number: number;
  readonly worker: string;
  /** It gets jobs. */
  readonly subscribed: boolean;
  readonly rollsVersions: boolean;
  notify(job: Job, clean: boolean): void;
  /** `client.reconnect` with these parameters. */
  tell(method: string, params: readonly unknown[]): void;
  drop(): void;
}

/** All that the miners of one life share. */
export interface Pool {
  readonly world: MockWorld;
  readonly settings: StratumSettings;
  readonly node: BitcoinNode;
  readonly jobs: Jobs;
  readonly stats: Stats;
  readonly members: ReadonlySet<Member>;
  readonly found: readonly FoundBlock[];
  foundTotal(): number;
  join(member: Member): void;
  leave(member: Member): void;
  /** Extranonce 1 of the next miner, or again of one that has left and shows its session; 8 hex digits. */
  extranonce1(session: unknown): string;
  release(extranonce1: string): void;
  /** A new job of the same block for everybody. */
  refresh(): void;
  /** Hands a solved block to the node. `forged`: the oracle's, without work. */
  handIn(block: Block, worker: string, forged: boolean): void;
}

export function createPool(world: MockWorld, settings: StratumSettings): Pool {
  const node = createNode(world, settings.bitcoin);
  const jobs = createJobs(node, madeUpScript(world.random("payee")), settings.tag);
  const members = new Set<Member>();
  const found: FoundBlock[] = [];
  const first = world.random("extranonce").below(2 ** 32);
  const used = new Set<string>();
  let given = 0;
  let foundTotal = 0;

  const broadcast = (job: Job, clean: boolean) => {
    for (const member of members) if (member.subscribed) member.notify(job, clean);
  };
  const onTip = () => {
    const subject = { labels: {} };
    const late = world.faults.take("notify.oldPrevhash", subject) !== null;
    node.fillMempool(settings.bitcoin.mempool);
    const clean = world.faults.take("notify.noCleanOnNewBlock", subject) === null;
    broadcast(jobs.advance(late), clean);
  };
  node.subscribe({ tip: onTip, added() {}, removed() {} });

  const extranonceAt = (count: number) => ((first + count) >>> 0).toString(16).padStart(8, "0");
  return {
    world,
    settings,
    node,
    jobs,
    stats: createStats(),
    members,
    found,
    foundTotal: () => foundTotal,
    join: (member) => void members.add(member),
    leave: (member) => void members.delete(member),
    extranonce1(session) {
      const wanted = typeof session === "string" && /^[0-9a-f]{8}$/.test(session) ? reversed(session) : "";
      const place = wanted === "" ? given : (Number.parseInt(wanted, 16) - first) >>> 0;
      const extranonce1 = place < given && !used.has(wanted) ? wanted : extranonceAt(given++);
      used.add(extranonce1);
      return extranonce1;
    },
    release: (extranonce1) => void used.delete(extranonce1),
    refresh: () => broadcast(jobs.refresh(), false),
    handIn(block, worker, forged) {
      const height = node.chain.tip.height + 1;
      const hash = hashOfHeader(block.header);
      const acceptance = node.chain.accept(block, forged);
      const outcome = acceptance.kind === "accepted" ? "accepted" : acceptance.reason;
      foundTotal += outcome === "accepted" ? 1 : 0;
      found.push({ height, hash, worker, outcome });
      if (found.length > MAX_FOUND) found.shift();
      world.note("block.found", { height, hash, worker, outcome });
    },
  };
}

/** The name of a session is its extranonce 1 with the bytes in the other order, as ckpool's. */
export function reversed(hex: string): string {
  return Buffer.from(Buffer.from(hex, "hex").toReversed()).toString("hex");
}
