import { encodeHeader } from "../../bitcoin/chain/header.ts";
import type { BlockHeader } from "../../bitcoin/chain/header.ts";
import { hashText, sha256d } from "../../bitcoin/chain/sha256d.ts";
import { hashNumber, shareDifficulty } from "../../bitcoin/chain/target.ts";
import { oracleDifficulty } from "../oracle.ts";
import { headerOf } from "../work.ts";
import { EXTRANONCE2_BYTES } from "./jobs.ts";
import type { Job } from "./jobs.ts";
import { REFUSALS } from "./verdict.ts";
import type { Refusal } from "./verdict.ts";

/** How far a share's time may be ahead of its job's, in seconds (ckpool). */
const MAX_AHEAD_SEC = 7_000;
/** Shares that one job remembers. */
const MAX_SEEN = 2_000_000;
const HEX32 = /^[0-9a-f]{8}$/i;

/** `mining.submit`, read: user, job, extranonce 2, time, nonce, version bits. */
export interface Submission {
  readonly worker: string;
  readonly jobId: string;
  readonly extranonce2: string;
  readonly timeSec: number;
  readonly nonce: number;
  readonly versionBits: number;
}

/** Null: no such thing can be a share. */
export function readSubmission(params: readonly unknown[]): Submission | null {
  const [worker, jobId, extranonce2, time, nonce, bits = "00000000"] = params;
  if (typeof worker !== "string" || typeof jobId !== "string" || typeof extranonce2 !== "string") return null;
  const words = [time, nonce, bits];
  if (!words.every((word): word is string => typeof word === "string" && HEX32.test(word))) return null;
  const [timeSec = 0, nonceNumber = 0, versionBits = 0] = words.map((word) => Number.parseInt(word, 16));
  return {
    worker,
    jobId,
    extranonce2: extranonce2.toLowerCase(),
    timeSec,
    nonce: nonceNumber,
    versionBits,
  };
}

export interface Judged {
  readonly refusal: Refusal | null;
  /** The difficulty that it has met; 0: it was not looked at so far. */
  readonly difficulty: number;
  readonly hash: string;
  /** It solves a block, which is worth handing in whatever became of the share. */
  readonly solved: BlockHeader | null;
}

export interface ShareRules {
  readonly extranonce1: string;
  /** What the miner may roll. */
  readonly mask: number;
  /** The difficulty that it must meet. */
  readonly required: number;
  /** The oracle's key; empty: hash. */
  readonly oracle: string;
}

const refused = (refusal: Refusal): Judged => ({ refusal, difficulty: 0, hash: "", solved: null });

/** In ckpool's order: what is wrong with the share itself, then what came of its hash. */
export function judgeShare(job: Job, share: Submission, rules: ShareRules): Judged {
  if (!/^[0-9a-f]*$/.test(share.extranonce2) || share.extranonce2.length !== 2 * EXTRANONCE2_BYTES)
    return refused(REFUSALS.extranonce2);
  if (share.timeSec < job.timeSec || share.timeSec > job.timeSec + MAX_AHEAD_SEC)
    return refused(REFUSALS.time);
  if ((share.versionBits & ~rules.mask) !== 0) return refused(REFUSALS.mask);
  const weighed = rules.oracle === "" ? hashed(job, share, rules) : foretold(job, share, rules);
  const { difficulty, hash } = weighed;
  const solved = weighed.solves ? headerFor(job, share, rules) : null;
  const told = (refusal: Refusal | null): Judged => ({ refusal, difficulty, hash, solved });
  if (job.stale) return told(REFUSALS.stale);
  if (difficulty < rules.required) return told(REFUSALS.aboveTarget);
  if (job.seen.has(hash)) return told(REFUSALS.duplicate);
  if (job.seen.size >= MAX_SEEN) return told(REFUSALS.full);
  job.seen.add(hash);
  return told(null);
}

interface Weighed {
  readonly difficulty: number;
  readonly hash: string;
  readonly solves: boolean;
}

function hashed(job: Job, share: Submission, rules: ShareRules): Weighed {
  const hash = sha256d(encodeHeader(headerFor(job, share, rules)));
  return {
    difficulty: shareDifficulty(hash),
    hash: hashText(hash),
    solves: hashNumber(hash) <= job.target,
  };
}

function foretold(job: Job, { extranonce2, nonce }: Submission, rules: ShareRules): Weighed {
  const shown = { extranonce2, nonce: nonce.toString(16).padStart(8, "0") };
  const context = { jobId: job.id, extranonce1: rules.extranonce1 };
  const difficulty = oracleDifficulty(rules.oracle, context, shown) ?? 0;
  return {
    difficulty,
    hash: `${rules.extranonce1}${extranonce2}${shown.nonce}`,
    solves: difficulty >= job.networkDifficulty,
  };
}

function headerFor(job: Job, share: Submission, rules: ShareRules): BlockHeader {
  return headerOf(job, {
    extranonce: rules.extranonce1 + share.extranonce2,
    timeSec: share.timeSec,
    nonce: share.nonce,
    versionBits: share.versionBits,
    mask: rules.mask,
  });
}
