import { subsidyAt } from "../chain/block.ts";
import { commitmentScript } from "../chain/coinbase.ts";
import { hashOfHeader } from "../chain/header.ts";
import { bitsText, hex256, targetOf } from "../chain/target.ts";
import { hashBytes } from "../chain/sha256d.ts";
import { selectTransactions } from "../node/assemble.ts";
import { harder } from "../node/bits.ts";
import { medianTime } from "../node/entry.ts";
import type { BitcoinNode } from "../node/node.ts";
import { decodeBlockHex } from "./decode.ts";
import { CODE, RpcError } from "./error.ts";
import type { RpcContext } from "./method.ts";

/** A waiting getblocktemplate looks at the mempool again after this (Core, one minute). */
const LONG_POLL_MS = 60_000;

interface TemplateRequest {
  readonly mode?: unknown;
  readonly rules?: unknown;
  readonly data?: unknown;
  readonly longpollid?: unknown;
}

/** The checks and answers of getblocktemplate, in Core's order. One per life: it remembers what a stale one repeats. */
export function createTemplates(): (request: TemplateRequest, context: RpcContext) => Promise<unknown> {
  let last: { readonly atMs: number; readonly template: object } | null = null;
  return async (request, context) => {
    const { node, world, exchange } = context;
    if (request.mode !== undefined && typeof request.mode !== "string")
      throw new RpcError(CODE.INVALID_PARAMETER, "Invalid mode");
    if (request.mode === "proposal") return judgeProposal(request.data, node);
    if (request.mode !== undefined && request.mode !== "template")
      throw new RpcError(CODE.INVALID_PARAMETER, "Invalid mode");
    refuseWhenLost(context);
    if (request.longpollid !== undefined) await longPoll(String(request.longpollid), context);
    demandRules(Array.isArray(request.rules) ? request.rules : [], context);

    const huge = exchange.fault("gbt.hugeMempool");
    if (huge !== null) node.fillMempool(Number(huge.params["txs"]));
    const nowMs = world.clock.nowMs();
    const stale = exchange.fault("gbt.stale");
    if (stale !== null && last !== null && nowMs - last.atMs <= Number(stale.params["sec"]) * 1_000)
      return last.template;
    const template = templateOf(node, context);
    last = { atMs: nowMs, template };
    return template;
  };
}

function judgeProposal(data: unknown, { chain }: BitcoinNode): string | null {
  if (typeof data !== "string") throw new RpcError(CODE.TYPE, "Missing data String key for proposal");
  const block = decodeBlockHex(data);
  const known = chain.get(hashOfHeader(block.header));
  if (known !== undefined) return known.failed ? "duplicate-invalid" : "duplicate";
  if (block.header.previousHash !== chain.tip.hash) return "inconclusive-not-best-prevblk";
  return chain.check(block, true);
}

/** Core asks this on the main network only; the faults bite everywhere. */
function refuseWhenLost({ node, exchange }: RpcContext): void {
  const strict = node.settings.network.chain === "main";
  if (exchange.fault("peer0") !== null || (strict && node.settings.peers === 0))
    throw new RpcError(CODE.NOT_CONNECTED, "Bitcoin Core is not connected!");
  if (exchange.fault("ibd") !== null || (strict && node.inInitialDownload()))
    throw new RpcError(CODE.IN_INITIAL_DOWNLOAD, "Bitcoin Core is in initial sync and waiting for blocks...");
}

async function longPoll(id: string, { node, world, watch, exchange }: RpcContext): Promise<void> {
  const { mempool, chain } = node;
  const known = id.slice(0, 64);
  const before = id.slice(64);
  const leave = watch();
  const moved = new AbortController();
  const forget = node.subscribe({ tip: () => moved.abort(), added() {}, removed() {} });
  const over = AbortSignal.any([moved.signal, exchange.signal]);
  while (chain.tip.hash === known && !over.aborted) {
    await world.clock.sleep(LONG_POLL_MS, over);
    if (String(mempool.sequence) !== before) break;
  }
  forget();
  leave();
}

function demandRules(rules: readonly unknown[], { node, exchange }: RpcContext): void {
  const demand = (rule: string, shown: string) => {
    if (rules.includes(rule)) return;
    throw new RpcError(
      CODE.INVALID_PARAMETER,
      `getblocktemplate must be called with the ${rule} rule set (call with {"rules": [${shown}]})`,
    );
  };
  if (node.settings.network.signetChallenge !== null) demand("signet", '"segwit", "signet"');
  const missing = exchange.fault("gbt.missingRule");
  if (missing !== null)
    demand(String(missing.params["rule"]), `"segwit", "${String(missing.params["rule"])}"`);
  demand("segwit", '"segwit"');
}

function templateOf(node: BitcoinNode, { exchange }: RpcContext): object {
  const { chain, mempool, settings } = node;
  const { network } = settings;
  const { tip } = chain;
  const height = tip.height + 1;
  const least = medianTime(tip) + 1;
  const time = Math.max(node.nowSec(), least);
  const easier = exchange.fault("gbt.badBits");
  const right = node.bitsAfter(tip, time);
  const wrong = () => harder(right, Number(easier?.params["factor"]), network);
  const bits = easier === null ? right : wrong() === right ? harder(right, 2, network) : wrong();
  const chosen = selectTransactions(mempool.all());
  const place = new Map(chosen.map(({ txid }, at) => [txid, at + 1]));
  const fees = chosen.reduce((sum, { fee }) => sum + fee, 0n);
  const commitment = commitmentScript(chosen.map(({ wtxid }) => hashBytes(wtxid)));
  return {
    capabilities: ["proposal"],
    version: 0x20000000,
    rules: ["csv", "!segwit", ...(network.signetChallenge === null ? [] : ["!signet"]), "taproot"],
    vbavailable: {},
    vbrequired: 0,
    previousblockhash: tip.hash,
    transactions: chosen.map(({ raw, txid, wtxid, depends, fee, sigops, weight }) => ({
      data: raw.toString("hex"),
      txid,
      hash: wtxid,
      depends: depends.map((parent) => place.get(parent)),
      fee: Number(fee),
      sigops,
      weight,
    })),
    // Core leaves it empty; older ckpool wants the string.
    coinbaseaux: { flags: "" },
    coinbasevalue: Number(subsidyAt(height, network.halving) + fees),
    longpollid: `${tip.hash}${mempool.sequence}`,
    target: hex256(targetOf(bits)),
    mintime: least,
    mutable: ["time", "transactions", "prevblock"],
    noncerange: "00000000ffffffff",
    sigoplimit: 80_000,
    sizelimit: 4_000_000,
    weightlimit: 4_000_000,
    curtime: time,
    bits: bitsText(bits),
    height,
    ...(network.signetChallenge === null ? {} : { signet_challenge: network.signetChallenge }),
    ...(exchange.fault("gbt.noCommitment") === null
      ? { default_witness_commitment: commitment.toString("hex") }
      : {}),
  };
}
