import { hashText } from "../../bitcoin/chain/sha256d.ts";
import type { Work } from "../work.ts";
import type { Link } from "./link.ts";

/** A job as a miner has it. */
export interface MinerWork extends Work {
  /** What its shares must meet: what the pool had said last before it. */
  readonly difficulty: number;
  /** Extranonce 1, hex, and the bytes that are the miner's. */
  readonly extranonce1: string;
  readonly extranonce2Bytes: number;
  /** The version bits that it may roll; 0: none. */
  readonly mask: number;
  readonly clean: boolean;
}

/** What `mining.submit` says after the worker's name. */
export interface Share {
  readonly jobId: string;
  readonly extranonce2: string;
  /** 8 hex digits each. */
  readonly time: string;
  readonly nonce: string;
  /** Null: the miner rolls no versions. */
  readonly versionBits: string | null;
}

export interface SessionOptions {
  readonly user: string;
  readonly password: string;
  readonly agent: string;
  /** Version bits to ask for (BIP 310), 8 hex digits; null: none. */
  readonly mask: string | null;
}

export interface SessionEvents {
  work(work: MinerWork): void;
  /** The pool's answer to a share; `reason` null: taken. */
  judged(reason: string | null): void;
  reconnect(where: { readonly host: string; readonly port: number } | null, waitSec: number): void;
  /** It can't go on: refused, or no Stratum. The link is closed. */
  refused(reason: string): void;
}

export interface Session {
  submit(share: Share): void;
}

const CONFIGURE = 1;
const SUBSCRIBE = 2;
const AUTHORIZE = 3;
const FIRST_SHARE = 4;
/** What holds until the pool says otherwise. */
const FIRST_DIFFICULTY = 1;

/** A miner's side of Stratum v1 on a fresh link. A new difficulty holds from the next job on. */
export function openSession(link: Link, options: SessionOptions, events: SessionEvents): Session {
  let difficulty = FIRST_DIFFICULTY;
  let extranonce = { one: "", twoBytes: 0 };
  let mask = 0;
  let nextId = FIRST_SHARE;
  const call = (id: number, method: string, params: readonly unknown[]) =>
    link.send(JSON.stringify({ id, method, params }));
  const refuse = (reason: string) => {
    events.refused(reason);
    link.close();
  };

  const answered = (id: unknown, result: unknown, told: Record<string, unknown>) => {
    if (id === SUBSCRIBE) {
      const [, one, twoBytes] = Array.isArray(result) ? (result as unknown[]) : [];
      if (typeof one !== "string" || typeof twoBytes !== "number") return refuse("no subscription");
      extranonce = { one, twoBytes };
      call(AUTHORIZE, "mining.authorize", [options.user, options.password]);
    } else if (id === AUTHORIZE) {
      if (result !== true) refuse("not authorized");
    } else if (id === CONFIGURE) {
      const rolling = (result ?? {}) as Record<string, unknown>;
      if (rolling["version-rolling"] === true)
        mask = Number.parseInt(String(rolling["version-rolling.mask"]), 16);
    } else if (typeof id === "number" && id >= FIRST_SHARE) events.judged(reasonOf(result, told));
  };
  const notified = (method: unknown, params: readonly unknown[]) => {
    if (method === "mining.notify") {
      const work = workOf(params);
      if (work === null) return refuse("a job that can't be read");
      const more = { difficulty, extranonce1: extranonce.one, extranonce2Bytes: extranonce.twoBytes, mask };
      events.work({ ...work, ...more, clean: params[8] === true });
    } else if (method === "mining.set_difficulty") {
      if (Number(params[0]) > 0) difficulty = Number(params[0]);
    } else if (method === "mining.set_version_mask") mask = Number.parseInt(String(params[0]), 16);
    else if (method === "mining.set_extranonce")
      extranonce = { one: String(params[0]), twoBytes: Number(params[1]) };
    else if (method === "client.reconnect") {
      const [host, port, waitSec] = params;
      const where = typeof host === "string" && host !== "" ? { host, port: Number(port) } : null;
      events.reconnect(where, Math.max(0, Number(waitSec ?? 0)));
    }
  };

  link.onLine((line) => {
    let told: Record<string, unknown>;
    try {
      told = JSON.parse(line) as Record<string, unknown>;
    } catch {
      return refuse("no JSON");
    }
    if (told["method"] === undefined) answered(told["id"], told["result"], told);
    else notified(told["method"], Array.isArray(told["params"]) ? told["params"] : []);
  });
  if (options.mask !== null)
    call(CONFIGURE, "mining.configure", [
      ["version-rolling"],
      { "version-rolling.mask": options.mask, "version-rolling.min-bit-count": 2 },
    ]);
  call(SUBSCRIBE, "mining.subscribe", [options.agent]);
  return {
    submit({ jobId, extranonce2, time, nonce, versionBits }) {
      const params = [options.user, jobId, extranonce2, time, nonce];
      call(nextId++, "mining.submit", versionBits === null ? params : [...params, versionBits]);
    },
  };
}

/** Both dialects of refusal; null: taken. */
function reasonOf(result: unknown, told: Record<string, unknown>): string | null {
  if (result === true) return null;
  const { error } = told;
  return String(told["reject-reason"] ?? (Array.isArray(error) ? error[1] : (error ?? "unknown")));
}

function workOf(params: readonly unknown[]): Work | null {
  const [id, previous, coinb1, coinb2, branch, version, bits, time] = params;
  if (typeof id !== "string" || !isHex(previous, 64) || !isHex(coinb1) || !isHex(coinb2)) return null;
  if (!Array.isArray(branch) || !branch.every((hash): hash is string => isHex(hash, 64))) return null;
  if (!isHex(version, 8) || !isHex(bits, 8) || !isHex(time, 8)) return null;
  return {
    id,
    previousHash: hashText(Buffer.from(previous, "hex").swap32()),
    coinb1: Buffer.from(coinb1, "hex"),
    coinb2: Buffer.from(coinb2, "hex"),
    branch: branch.map((hash) => Buffer.from(hash, "hex")),
    version: Number.parseInt(version, 16),
    bits: Number.parseInt(bits, 16),
    timeSec: Number.parseInt(time, 16),
  };
}

function isHex(value: unknown, length?: number): value is string {
  return (
    typeof value === "string" &&
    value.length % 2 === 0 &&
    (length === undefined || value.length === length) &&
    /^[0-9a-f]*$/i.test(value)
  );
}
