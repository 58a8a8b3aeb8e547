import { FiredrillError } from "../../harness/error.ts";
import { parseDurationMs } from "../../harness/time/duration.ts";
import { parseBitcoinSettings } from "../bitcoin/settings.ts";
import type { BitcoinSettings } from "../bitcoin/settings.ts";

/** What `--set name=value` can change. */
export const STRATUM_SETTINGS = {
  /** Whose rules the pool's blocks follow: `regtest`, `lab`, `signet`, `testnet4` or `main`. */
  network: "regtest",
  /** Compact bits (hex) that blocks need. Empty: 1e0377ae (difficulty 0.0011) on regtest, otherwise the network's own. */
  bits: "",
  /** Blocks by others come as a Poisson process with this mean; `off`: only those that miners find. */
  blockEvery: "10m",
  /** Made-up transactions in the pool's mempool. */
  mempool: "20",
  /** How a refusal looks: `codes` (an error with a number) or `reason` (ckpool before that: `reject-reason`). */
  dialect: "codes",
  startDiff: "0.0001",
  minDiff: "0.00001",
  /** 0: only the network's difficulty limits it. */
  maxDiff: "0",
  /** Version bits that miners may roll (BIP 310). ckpool's default. */
  versionMask: "1fffe000",
  /** New work at least so often. ckpool's `update_interval`. */
  refresh: "30s",
  maxClients: "20000",
  /** `any`, or `address`: only addresses of the network may be authorised. */
  usernames: "any",
  /** What the coinbase says of the pool. */
  tag: "/firedrill/",
  /** A key shared with simulated miners, whose shares need no hashing then; empty: every share is hashed. */
  oracle: "",
} as const;

export interface StratumSettings {
  readonly bitcoin: BitcoinSettings;
  readonly dialect: "codes" | "reason";
  readonly startDiff: number;
  readonly minDiff: number;
  readonly maxDiff: number;
  readonly versionMask: number;
  readonly refreshMs: number;
  readonly maxClients: number;
  readonly addressesOnly: boolean;
  readonly tag: string;
  readonly oracle: string;
}

/** Regtest's own bits ask for two hashes a block: no share could be easier. These are signet's. */
const REGTEST_BITS = "1e0377ae";
/** Height, extranonce and tag share the 100 bytes of a coinbase's script. */
const MAX_TAG_BYTES = 60;

/** @throws USAGE_FLAG */
export function parseStratumSettings(given: Readonly<Record<string, string>>): StratumSettings {
  const text = (name: keyof typeof STRATUM_SETTINGS): string => given[name] ?? STRATUM_SETTINGS[name];
  const number = (name: keyof typeof STRATUM_SETTINGS, least: number, most: number): number => {
    const value = Number(text(name));
    if (text(name) !== "" && value >= least && value <= most) return value;
    throw wrong(name, text(name), `a number from ${least} to ${most}`);
  };
  const oneOf = <T extends string>(name: keyof typeof STRATUM_SETTINGS, ...words: readonly T[]): T => {
    const word = words.find((it) => it === text(name));
    if (word === undefined) throw wrong(name, text(name), words.join(", "));
    return word;
  };
  const bits = text("bits") === "" && text("network") === "regtest" ? REGTEST_BITS : text("bits");
  if (!/^[0-9a-f]{8}$/.test(text("versionMask")))
    throw wrong("versionMask", text("versionMask"), "8 hex digits");
  if (Buffer.byteLength(text("tag")) > MAX_TAG_BYTES)
    throw wrong("tag", text("tag"), `${MAX_TAG_BYTES} bytes`);
  return {
    bitcoin: parseBitcoinSettings({
      network: text("network"),
      bits,
      blockEvery: text("blockEvery"),
      mempool: text("mempool"),
      zmq: "",
    }),
    dialect: oneOf("dialect", "codes", "reason"),
    startDiff: number("startDiff", 1e-10, 1e15),
    minDiff: number("minDiff", 1e-10, 1e15),
    maxDiff: number("maxDiff", 0, 1e15),
    versionMask: Number.parseInt(text("versionMask"), 16),
    refreshMs: Math.max(100, parseDurationMs(text("refresh"))),
    maxClients: number("maxClients", 1, 100_000),
    addressesOnly: oneOf("usernames", "any", "address") === "address",
    tag: text("tag"),
    oracle: text("oracle"),
  };
}

function wrong(name: string, received: string, expected: string): FiredrillError {
  return new FiredrillError("USAGE_FLAG", `the setting ${name} makes no sense`, { received, expected });
}
