import type { FaultHit, FaultSubject, MockWorld } from "../../core/mock.ts";
import type { BlockEntry } from "./entry.ts";
import type { BitcoinNode } from "./node.ts";

/** Blocks that come at once after a long silence are limited to this many. */
const MAX_AT_ONCE = 10_000;

/** The rest of the network: blocks by others, reorganisations, races. */
export interface Others {
  /** Does all that is due by now. Called before every answer, and while somebody listens. */
  catchUp(): void;
  /** When the next block comes, in ms of the mock; infinity: never. */
  nextMs(): number;
  /** A block of a client has just become the tip: perhaps another was faster. */
  race(subject: FaultSubject): void;
}

export function createOthers(world: MockWorld, node: BitcoinNode): Others {
  const { blockEveryMs } = node.settings;
  const arrivals = world.random("blocks");
  const gapMs = () => (blockEveryMs === null ? Infinity : -Math.log(1 - arrivals.next()) * blockEveryMs);
  let nextMs = gapMs();
  let done: FaultHit["random"] | null = null;

  /** Once when the fault begins to stand, and again when it is put anew. */
  const reorgIfAsked = () => {
    const standing = world.faults.standing("reorg");
    if (standing === null) return void (done = null);
    if (standing.random === done) return;
    done = standing.random;
    const hit = world.faults.take("reorg", { labels: {} });
    if (hit !== null) reorg(Number(hit.params["depth"]), hit.params["keepTxs"] === true);
  };
  /** Replaces the last `depth` blocks by a longer branch, as deep as the chain is. */
  const reorg = (depth: number, keepTransactions: boolean) => {
    let fork: BlockEntry = node.chain.tip;
    for (let back = 0; back < depth && fork.previous !== null; back++) fork = fork.previous;
    if (fork === node.chain.tip) return;
    const length = node.chain.tip.height - fork.height + 1;
    if (keepTransactions) overtake(fork, length);
    else node.forgetting(() => overtake(fork, length));
  };
  /** A branch of `length` empty blocks on `fork`. */
  const overtake = (fork: BlockEntry, length: number) => {
    let previous: BlockEntry | null = fork;
    for (let built = 0; built < length && previous !== null; built++)
      previous = node.byOthers({ previous, transactions: [] });
  };

  return {
    catchUp() {
      reorgIfAsked();
      if (world.faults.standing("tip.stall") !== null) return;
      for (let made = 0; nextMs <= world.clock.nowMs() && made < MAX_AT_ONCE; made++) {
        const lateMs = world.clock.nowMs() - nextMs;
        node.byOthers({ timeSec: Math.floor(node.nowSec() - lateMs / 1_000) });
        nextMs += gapMs();
      }
    },
    nextMs: () => (world.faults.standing("tip.stall") === null ? nextMs : Infinity),
    race(subject) {
      const hit = world.faults.take("orphanRace", subject);
      const parent = node.chain.tip.previous;
      if (hit === null || parent === null) return;
      if (hit.random.next() < Number(hit.params["probability"])) overtake(parent, 2);
    },
  };
}
