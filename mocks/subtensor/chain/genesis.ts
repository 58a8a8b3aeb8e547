import type { Random } from "../../../harness/service/host.ts";
import { devKeypair } from "../../core/signing/sr25519.ts";
import { bytesToHex } from "../scale/hex.ts";
import type { SubtensorSettings } from "../settings.ts";
import { commitmentKey } from "./state.ts";
import type { Account, ChainState, Commitment, Neuron, Scores, Subnet } from "./state.ts";

/** Rao in a TAO, and of a subnet's token. */
const UNIT = 1_000_000_000n;
const ENDOWMENT = 10_000n * UNIT;
const FULL = 65_535;

/** Hotkeys of the first neurons of each subnet; their coldkeys are `//Alice-cold` and so on. Two are validators. */
export const DEV_NAMES = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"] as const;
const VALIDATORS = 2;

const keys = new Map<string, string>();

/** A development account; deriving one takes a millisecond, so each is derived once a process. */
export function devAccount(name: string): string {
  const known = keys.get(name) ?? bytesToHex(devKeypair(name).publicKey);
  keys.set(name, known);
  return known;
}

/** The state that the chain begins with: equal for equal seeds and settings. */
export function genesisState(random: Random, { subnets, neurons, height }: SubtensorSettings): ChainState {
  const accounts = new Map<string, Account>();
  for (const name of DEV_NAMES)
    for (const key of [devAccount(name), devAccount(`${name}-cold`)])
      accounts.set(key, { nonce: 0, free: ENDOWMENT });
  const made = subnets.map((netuid) => subnetOf(netuid, neurons, height, random));
  const commitments = new Map<string, Commitment>();
  for (const { netuid, neurons: members } of made)
    for (const [uid, { hotkey }] of members.entries())
      if (uid >= VALIDATORS && uid % 2 === 0)
        commitments.set(commitmentKey(netuid, hotkey), {
          block: Math.max(0, height - 50 - uid),
          fields: [rawData(`https://miner-${uid}.subnet-${netuid}.example/data`)],
        });
  return { accounts, commitments, subnets: new Map(made.map((subnet) => [subnet.netuid, subnet])) };
}

/** A text as the runtime's `Data`. At most 128 bytes. */
export function rawData(text: string) {
  const bytes = Buffer.from(text);
  return { type: `Raw${bytes.length}`, value: [bytesToHex(bytes)] };
}

function subnetOf(netuid: number, count: number, height: number, random: Random): Subnet {
  return {
    netuid,
    name: netuid === 0 ? "root" : `subnet-${netuid}`,
    symbol: netuid === 0 ? "Τ" : String.fromCodePoint(0x3b1 + (netuid % 24)),
    ownerHotkey: devAccount("Alice"),
    ownerColdkey: devAccount("Alice-cold"),
    registeredAt: 1,
    tempo: netuid === 0 ? 100 : 360,
    neurons: Array.from({ length: count }, (_, uid) => neuronOf(uid, netuid, height, random)),
  };
}

function neuronOf(uid: number, netuid: number, height: number, random: Random): Neuron {
  const name = DEV_NAMES[uid];
  const validator = uid < VALIDATORS;
  return {
    hotkey: name === undefined ? randomAccount(random) : devAccount(name),
    coldkey: name === undefined ? randomAccount(random) : devAccount(`${name}-cold`),
    registeredAt: Math.max(1, height - 20_000 - 100 * uid),
    active: true,
    permit: validator,
    // A validator of SN46 needs more than 20,000.
    alphaStake: (validator ? 100_000n - BigInt(uid) * 40_000n : BigInt(random.below(1_000))) * UNIT,
    taoStake: validator ? 5_000n * UNIT : 0n,
    emission: BigInt(random.below(40_000_000)),
    scores: validator ? validatorScores(random) : minerScores(random),
    lastUpdate: validator ? height : Math.max(1, height - 20_000),
    axon: {
      block: Math.max(1, height - 1_000),
      version: 9_012_002,
      // 192.0.2.0/24 is for documentation (RFC 5737).
      ip: 0xc0_00_02_00n + BigInt(uid % 256),
      port: 8_000 + (netuid % 1_000) + uid,
      ipType: 4,
      protocol: 4,
    },
    weights: validator ? [[VALIDATORS, FULL] as const] : [],
  };
}

/** 32 bytes that nobody has the key of. */
export function randomAccount(random: Random): string {
  return bytesToHex(Uint8Array.from({ length: 32 }, () => random.below(256)));
}

function validatorScores(random: Random): Scores {
  return { ...NONE, dividends: random.below(FULL), validatorTrust: FULL, pruning: FULL };
}

function minerScores(random: Random): Scores {
  const score = random.below(FULL);
  return { ...NONE, rank: score, trust: FULL, consensus: score, incentive: score, pruning: score };
}

/** Of a neuron that has just come. */
export const NONE: Scores = {
  rank: 0,
  trust: 0,
  consensus: 0,
  incentive: 0,
  dividends: 0,
  validatorTrust: 0,
  pruning: 0,
};
