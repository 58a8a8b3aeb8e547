import type { BlockEntry } from "../node/entry.ts";
import { signals, TESTDUMMY_BIT, TESTDUMMY_THRESHOLD, testdummyState } from "../node/version-bits.ts";
import type { Network } from "../networks.ts";

/** Heights of the rules that Core has buried, and taproot's votes, by network (29.0, kernel/chainparams.cpp). */
const MAIN = { bip34: 227_931, bip66: 363_725, bip65: 388_381, csv: 419_328, segwit: 481_824 };
const FROM_1 = { bip34: 1, bip66: 1, bip65: 1, csv: 1, segwit: 1 };
const BURIED: Readonly<Record<Network["chain"], Readonly<Record<string, number>>>> = {
  main: MAIN,
  signet: FROM_1,
  testnet4: FROM_1,
  regtest: { ...FROM_1, segwit: 0 },
};
/** Core's NO_TIMEOUT, which is 2^63 - 1; a double can't hold its last digits. */
const NO_TIMEOUT = 2 ** 63;
const ALWAYS_ACTIVE = -1;

/** getdeploymentinfo's `deployments`, as they are for the block after `entry`. */
export function deployments(entry: BlockEntry, network: Network): object {
  const buried = Object.entries(BURIED[network.chain]).map(([name, height]) => [
    name,
    { type: "buried", active: entry.height + 1 >= height, height },
  ]);
  const dummy = testdummy(entry, network);
  return {
    ...Object.fromEntries(buried),
    ...(dummy === null ? {} : { testdummy: dummy }),
    taproot: taproot(network),
  };
}

function taproot({ chain }: Network): object {
  const height = chain === "main" ? 709_632 : 0;
  const [start_time, timeout] =
    chain === "main" ? [1_619_222_400, 1_628_640_000] : [ALWAYS_ACTIVE, NO_TIMEOUT];
  const bip9 = { start_time, timeout, min_activation_height: height };
  const stage = { status: "active", since: height, status_next: "active" };
  return { type: "bip9", height, active: true, bip9: { ...bip9, ...stage } };
}

function testdummy(entry: BlockEntry, network: Network): object | null {
  const status = testdummyState(entry.previous, network);
  const next = testdummyState(entry, network);
  if (status === null || next === null) return null;
  const { periodBlocks } = network;
  const voting = status === "started" || status === "locked_in";
  return {
    type: "bip9",
    ...(next === "active" ? { height: sinceHeight(entry, network) } : {}),
    active: next === "active",
    bip9: {
      ...(voting ? { bit: TESTDUMMY_BIT } : {}),
      start_time: 0,
      timeout: NO_TIMEOUT,
      min_activation_height: 0,
      status,
      since: entry.previous === null ? 0 : sinceHeight(entry.previous, network),
      status_next: next,
      ...(voting ? votesOf(entry, periodBlocks, status === "started") : {}),
    },
  };
}

/** The first height with the state that the block after `entry` has. */
function sinceHeight(entry: BlockEntry, network: Network): number {
  const { periodBlocks } = network;
  const state = testdummyState(entry, network);
  let first = entry.height + 1 - ((entry.height + 1) % periodBlocks);
  let at: BlockEntry | null = entry;
  while (at !== null && first > 0) {
    while (at !== null && at.height >= first - 1) at = at.previous;
    if (at === null || testdummyState(at, network) !== state) break;
    first -= periodBlocks;
  }
  return Math.max(0, first);
}

/** The votes of this period so far. */
function votesOf(entry: BlockEntry, periodBlocks: number, open: boolean): object {
  const elapsed = 1 + (entry.height % periodBlocks);
  const marks: boolean[] = [];
  for (let at: BlockEntry | null = entry; at !== null && marks.length < elapsed; at = at.previous)
    marks.unshift(signals(at));
  const count = marks.filter(Boolean).length;
  const possible = periodBlocks - TESTDUMMY_THRESHOLD >= elapsed - count;
  return {
    statistics: {
      period: periodBlocks,
      elapsed,
      count,
      ...(open ? { threshold: TESTDUMMY_THRESHOLD, possible } : {}),
    },
    signalling: marks.map((mark) => (mark ? "#" : "-")).join(""),
  };
}
