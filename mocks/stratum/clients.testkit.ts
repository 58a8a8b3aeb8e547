import { createHash } from "node:crypto";
import { connect } from "node:net";
import { createRequire } from "node:module";
import { reachBySockets } from "../core/reach.testkit.ts";
import type { Reach, ReachedBy } from "../core/reach.testkit.ts";
import { stratumMock } from "./stratum.ts";

/** Shares that take some 4,000 hashes, blocks that take some 65,000, nobody else. */
export const EASY = { bits: "1f00ffff", startDiff: "0.000001", minDiff: "0.0000001", blockEvery: "off" };

const reach: Reach<{
  /** Where Stratum listens. */
  readonly port: number;
  readonly statusPort: number;
}> = {
  definition: stratumMock,
  mode: { kind: "frozen" },
  settings: EASY,
  where(ports) {
    const { stratum = 0, status = 0 } = ports ?? { stratum: 3_333, status: 9_100 };
    return { port: stratum, statusPort: status };
  },
};

/** The mounts that unmodified clients can meet, by name. */
export const REACH = reachBySockets(reach);
export type Reached = ReachedBy<typeof REACH>;

/** One message from the pool, as it came. */
export type Told = Record<string, any>;

/** A client without opinions: lines out, lines in. */
export interface LineClient {
  readonly heard: readonly string[];
  send(...messages: readonly (object | string)[]): void;
  /** The next message that fits. It must come, or the test's time is over. */
  next(fits?: (told: Told) => boolean): Promise<Told>;
  answer(id: number): Promise<Told>;
  readonly closed: Promise<void>;
  close(): void;
}

export function lineClient(port: number): LineClient {
  const socket = connect({ host: "127.0.0.1", port });
  const heard: string[] = [];
  const waiting: (() => void)[] = [];
  let rest = "";
  let read = 0;
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    const lines = (rest + bytes.toString()).split("\n");
    rest = lines.pop() ?? "";
    heard.push(...lines);
    for (const wake of waiting.splice(0)) wake();
  });
  const next = async (fits: (told: Told) => boolean = () => true): Promise<Told> => {
    for (;;) {
      while (read < heard.length) {
        const told = JSON.parse(heard[read++] ?? "") as Told;
        if (fits(told)) return told;
      }
      await new Promise<void>((resolve) => void waiting.push(resolve));
    }
  };
  return {
    heard,
    send: (...messages) =>
      void socket.write(
        messages.map((it) => `${typeof it === "string" ? it : JSON.stringify(it)}\n`).join(""),
      ),
    next,
    answer: (id) => next((told) => told["id"] === id && told["method"] === undefined),
    closed: new Promise((resolve) => void socket.once("close", () => resolve())),
    close: () => socket.destroy(),
  };
}

/** A job with all that a share needs, as the wire has it. */
export interface WireWork {
  readonly extranonce1: string;
  readonly params: readonly any[];
  readonly difficulty: number;
}

/** Subscribes and authorises; the first job. */
export async function begin(client: LineClient, worker = "alice.1"): Promise<WireWork> {
  client.send(
    { id: 1, method: "mining.subscribe", params: ["test/1"] },
    { id: 2, method: "mining.authorize", params: [worker, "x"] },
  );
  const { result } = await client.answer(1);
  const { params: difficulty } = await client.next(({ method }) => method === "mining.set_difficulty");
  const { params } = await client.next(({ method }) => method === "mining.notify");
  await client.answer(2);
  return { extranonce1: result[1], params, difficulty: difficulty[0] };
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
const twice = (bytes: Buffer) => sha256(sha256(bytes));
/** As people write hashes. */
export const backwards = (bytes: Uint8Array) => Buffer.from(bytes.toReversed()).toString("hex");
/** The target of difficulty 1. */
const TOP = 0xffffn * 2n ** 208n;

/** The hash of a share and what it is worth, by code that shares nothing with the mock: 80 bytes from the wire's words. */
export function rehash(work: WireWork, share: WireShare): { hash: string; difficulty: number } {
  const bytes = header(work, share);
  const hash = backwards(twice(bytes));
  return { hash, difficulty: Number(TOP) / Number(BigInt(`0x${hash}`)) };
}

export interface WireShare {
  readonly extranonce2: string;
  readonly time: string;
  readonly nonce: string;
  /** 8 hex digits. */
  readonly versionBits?: string;
}

function header({ extranonce1, params }: WireWork, share: WireShare): Buffer {
  const [, previous, coinb1, coinb2, branch, version, bits] = params;
  const coinbase = Buffer.from(coinb1 + extranonce1 + share.extranonce2 + coinb2, "hex");
  let root = twice(coinbase);
  for (const hash of branch) root = twice(Buffer.concat([root, Buffer.from(hash, "hex")]));
  const rolled = Number.parseInt(share.versionBits ?? "0", 16);
  const little = (hex: string, more = 0) => {
    const word = Buffer.alloc(4);
    word.writeUInt32LE((Number.parseInt(hex, 16) | more) >>> 0);
    return word;
  };
  return Buffer.concat([
    little(version, rolled),
    Buffer.from(previous, "hex").swap32(),
    root,
    little(share.time),
    little(bits),
    little(share.nonce),
  ]);
}

/** Tries nonces until a share is worth `least` (and less than `most`). */
export function solve(
  work: WireWork,
  {
    least = work.difficulty,
    most = Infinity,
    extranonce2 = "0000000000000001",
    versionBits = "00000000",
  } = {},
): WireShare {
  const time = String(work.params[7]);
  const bytes = header(work, { extranonce2, time, nonce: "00000000", versionBits });
  for (let nonce = 0; ; nonce++) {
    bytes.writeUInt32LE(nonce, 76);
    const hash = twice(bytes);
    const worth = Number(TOP) / Number(BigInt(`0x${backwards(hash)}`));
    if (worth >= least && worth < most)
      return { extranonce2, time, nonce: nonce.toString(16).padStart(8, "0"), versionBits };
  }
}

/** `mining.submit` of a share. */
export function submission(id: number, work: WireWork, share: WireShare, worker = "alice.1"): object {
  const words = [worker, work.params[0], share.extranonce2, share.time, share.nonce];
  const rolled = share.versionBits !== undefined && share.versionBits !== "00000000";
  return { id, method: "mining.submit", params: rolled ? [...words, share.versionBits] : words };
}

/** What `stratum-client` of npm tells and takes. */
export interface NpmClient {
  submit(options: Record<string, string>): void;
  shutdown(): void;
}

/** The unmodified package. It has one socket per process, so every use loads it anew. */
export function npmClient(options: Record<string, unknown>): NpmClient {
  const require = createRequire(import.meta.url);
  for (const path of Object.keys(require.cache))
    if (path.includes("/node_modules/stratum-client/")) delete require.cache[path];
  const start = require("stratum-client") as (options: Record<string, unknown>) => NpmClient;
  return start({
    server: "127.0.0.1",
    worker: "alice.1",
    password: "x",
    autoReconnectOnError: false,
    ...options,
  });
}

/** Its work object as the wire's. */
export function workOfNpm(work: Record<string, any>): WireWork {
  const { jobId, prevhash, coinb1, coinb2, merkle_branch: branch, version, nbits, ntime } = work;
  return {
    extranonce1: work["extraNonce1"],
    difficulty: work["miningDiff"],
    params: [jobId, prevhash, coinb1, coinb2, branch, version, nbits, ntime, work["clean_jobs"]],
  };
}
