import { subsidyAt } from "../chain/block.ts";
import { commitmentScript } from "../chain/coinbase.ts";
import { hashOfHeader } from "../chain/header.ts";
import { bitsText, hex256, targetOf } from "../chain/target.ts";
import { hashBytes } from "../chain/sha256d.ts";
import { harder } from "../node/bits.ts";
import { leastTime } from "../node/context.ts";
import type { BitcoinNode } from "../node/node.ts";
import { blockVersion, TESTDUMMY_BIT, testdummyState } from "../node/version-bits.ts";
import { decodeBlockHex } from "./decode.ts";
import { CODE, RpcError } from "./error.ts";
import { hashArgument } from "./method.ts";
import type { RpcContext } from "./method.ts";

/** A waiting getblocktemplate looks at the mempool after a minute, then every ten seconds (Core, rpc/mining.cpp). */
const LONG_POLL_MS = 60_000;
const LONG_POLL_AGAIN_MS = 10_000;

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
  if (known !== undefined) {
    if (known.failed) return "duplicate-invalid";
    return known.connectedOnce ? "duplicate" : "duplicate-inconclusive";
  }
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
  const known = hashArgument(id.slice(0, 64), "longpollid");
  const before = id.slice(64);
  const leave = watch();
  const moved = new AbortController();
  const forget = node.subscribe({ tip: () => moved.abort(), added() {}, removed() {} });
  const over = AbortSignal.any([moved.signal, exchange.signal]);
  for (let waitMs = LONG_POLL_MS; chain.tip.hash === known && !over.aborted; waitMs = LONG_POLL_AGAIN_MS) {
    await world.clock.sleep(waitMs, over);
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
  const least = leastTime(tip, network);
  const time = Math.max(node.nowSec(), least);
  const easier = exchange.fault("gbt.badBits");
  const right = node.bitsAfter(tip, time);
  const wrong = () => harder(right, Number(easier?.params["factor"]), network);
  const bits = easier === null ? right : wrong() === right ? harder(right, 2, network) : wrong();
  const testdummy = testdummyState(tip, network);
  const chosen = node.select();
  const place = new Map(chosen.map(({ txid }, at) => [txid, at + 1]));
  const fees = chosen.reduce((sum, { fee }) => sum + fee, 0n);
  const commitment = commitmentScript(chosen.map(({ wtxid }) => hashBytes(wtxid)));
  return {
    capabilities: ["proposal"],
    version: blockVersion(tip, network),
    rules: [
      "csv",
      "!segwit",
      ...(network.signetChallenge === null ? [] : ["!signet"]),
      ...(testdummy === "active" ? ["testdummy"] : []),
      "taproot",
    ],
    vbavailable: testdummy === "started" || testdummy === "locked_in" ? { testdummy: TESTDUMMY_BIT } : {},
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
