import { FiredrillError } from "../../harness/error.ts";
import { parseDurationMs } from "../../harness/time/duration.ts";
import { NETWORK_NAMES, NETWORKS } from "./networks.ts";
import type { Network } from "./networks.ts";

/** What `--set name=value` can change. */
export const BITCOIN_SETTINGS = {
  /** `regtest`, `lab` (regtest with work of some 65,536 hashes), `signet`, `testnet4` or `main`. */
  network: "regtest",
  /** Compact bits (hex) that blocks need; empty: the network's own. */
  bits: "",
  /** Blocks that stand on the first one when the mock starts. */
  blocks: "0",
  user: "user",
  password: "password",
  /** Blocks by others come as a Poisson process with this mean (`10m`); `off`: only those that clients make. */
  blockEvery: "off",
  /** The mempool is filled up to so many made-up transactions after each block. */
  mempool: "0",
  /** Peers that getnetworkinfo and getpeerinfo show. */
  peers: "8",
  /** Challenge script (hex) of a signet of your own: `51` lets every block in. Empty: the public signet's. */
  signetChallenge: "",
  /** `port:topic+topic,port:topic`: what is published where. */
  zmq: "28332:hashblock+hashtx+rawblock+sequence,28333:rawtx",
  /** Blocks below the tip that are kept; older ones are pruned. */
  keepBlocks: "5000",
} as const;

export const ZMQ_TOPICS = ["hashblock", "hashtx", "rawblock", "rawtx", "sequence"] as const;
export type ZmqTopic = (typeof ZMQ_TOPICS)[number];

/** One port that publishes. */
export interface ZmqEndpoint {
  readonly port: number;
  readonly topics: readonly ZmqTopic[];
}

export interface BitcoinSettings {
  readonly network: Network;
  readonly blocks: number;
  readonly user: string;
  readonly password: string;
  /** Null: never. */
  readonly blockEveryMs: number | null;
  readonly mempool: number;
  readonly peers: number;
  readonly zmq: readonly ZmqEndpoint[];
  readonly keepBlocks: number;
}

/** @throws USAGE_FLAG */
export function parseBitcoinSettings(given: Readonly<Record<string, string>>): BitcoinSettings {
  const text = (name: keyof typeof BITCOIN_SETTINGS): string => given[name] ?? BITCOIN_SETTINGS[name];
  const whole = (name: keyof typeof BITCOIN_SETTINGS, least: number, most: number): number => {
    const value = Number(text(name));
    if (/^\d+$/.test(text(name)) && value >= least && value <= most) return value;
    throw wrong(name, text(name), `a number from ${least} to ${most}`);
  };
  const name = NETWORK_NAMES.find((it) => it === text("network"));
  if (name === undefined) throw wrong("network", text("network"), NETWORK_NAMES.join(", "));
  const own = NETWORKS[name];
  const bits = text("bits") === "" ? own.bits : hex("bits", text("bits"));
  const challenge = text("signetChallenge");
  if (challenge !== "") hex("signetChallenge", challenge);
  return {
    network: {
      ...own,
      bits,
      signetChallenge: own.signetChallenge === null || challenge === "" ? own.signetChallenge : challenge,
    },
    blocks: whole("blocks", 0, 10_000),
    user: text("user"),
    password: text("password"),
    blockEveryMs: text("blockEvery") === "off" ? null : Math.max(1, parseDurationMs(text("blockEvery"))),
    mempool: whole("mempool", 0, 20_000),
    peers: whole("peers", 0, 1_000),
    zmq: endpoints(text("zmq")),
    keepBlocks: whole("keepBlocks", 300, 100_000),
  };
}

function endpoints(text: string): ZmqEndpoint[] {
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const [port = "", names = ""] = part.split(":");
      const topics = names.split("+").map((name) => ZMQ_TOPICS.find((topic) => topic === name));
      if (!/^\d+$/.test(port) || topics.includes(undefined))
        throw wrong("zmq", part, `port:topic+topic of ${ZMQ_TOPICS.join(", ")}`);
      return { port: Number(port), topics: topics as ZmqTopic[] };
    });
}

function hex(name: string, text: string): number {
  if (/^([0-9a-f]{2})+$/.test(text)) return Number.parseInt(text, 16);
  throw wrong(name, text, "hex digits");
}

function wrong(name: string, received: string, expected: string): FiredrillError {
  return new FiredrillError("USAGE_FLAG", `the setting ${name} makes no sense`, { received, expected });
}
