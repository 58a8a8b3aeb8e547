import { encodeBlock } from "../../chain/block.ts";
import type { Block } from "../../chain/block.ts";
import { commitmentAt, WITNESS_NONCE } from "../../chain/coinbase.ts";
import { hashOfHeader } from "../../chain/header.ts";
import { bitsText, difficultyOf, hex256, targetOf } from "../../chain/target.ts";
import { hasWitness } from "../../chain/transaction.ts";
import { Cut } from "../../../core/http.ts";
import type { MempoolEntry } from "../../node/mempool.ts";
import { leastTime } from "../../node/context.ts";
import type { BlockEntry } from "../../node/entry.ts";
import type { BitcoinNode } from "../../node/node.ts";
import { scriptOf } from "../../node/script.ts";
import { decodeBlockHex, decodeTransactionHex } from "../decode.ts";
import { CODE, RpcError } from "../error.ts";
import { hashArgument } from "../method.ts";
import type { RpcContext, RpcMethods } from "../method.ts";
import { createTemplates } from "../template.ts";

/** Core's default of generatetoaddress. */
const MAX_TRIES = 1_000_000;
const MAX_GENERATED = 10_000;

/** One life's mining methods. */
export function miningMethods(): RpcMethods {
  const template = createTemplates();
  return {
    getblocktemplate: {
      params: [["template_request", "object"]],
      run: ([request], context) => template(request as object, context),
    },
    submitblock: {
      params: [
        ["hexdata", "string"],
        ["dummy", "string?"],
      ],
      run: ([data], context) => submit(decodeBlockHex(data), context),
    },
    getmininginfo: { params: [], run: (_, context) => miningInfo(context) },
    getnetworkhashps: {
      params: [
        ["nblocks", "number?"],
        ["height", "number?"],
      ],
      run: ([blocks, height], { node }) => networkRate(Number(blocks ?? 120), Number(height ?? -1), node),
    },
    generatetoaddress: {
      params: [
        ["nblocks", "number"],
        ["address", "string"],
        ["maxtries", "number?"],
      ],
      run: ([count, address, tries], context) => {
        const script = payee(address, context, "address");
        const hashes: string[] = [];
        for (let made = 0; made < Math.min(Number(count), MAX_GENERATED); made++) {
          const block = context.node.mine({ script }, Number(tries ?? MAX_TRIES));
          if (block === null) break;
          context.node.accept(block);
          hashes.push(hashOfHeader(block.header));
        }
        return hashes;
      },
    },
    generateblock: {
      params: [
        ["output", "string"],
        ["transactions", "array"],
        ["submit", "boolean?"],
      ],
      run: ([output, transactions, send], context) => {
        const script = payee(output, context, "address or descriptor");
        const block = context.node.mine(
          { script, transactions: (transactions as unknown[]).map((one) => waiting(one, context)) },
          MAX_TRIES,
        );
        if (block === null) throw new RpcError(CODE.MISC, "Failed to make block.");
        const hash = hashOfHeader(block.header);
        if (send === false) return { hash, hex: encodeBlock(block).toString("hex") };
        const acceptance = context.node.accept(block);
        if (acceptance.kind === "refused")
          throw new RpcError(CODE.VERIFY, `TestBlockValidity failed: ${acceptance.reason}`);
        return { hash };
      },
    },
  };
}

function payee(address: unknown, { node }: RpcContext, what: string): Buffer {
  const script = scriptOf(String(address), node.settings.network);
  if (script === null) throw new RpcError(CODE.INVALID_ADDRESS_OR_KEY, `Error: Invalid ${what}`);
  return script;
}

/** A transaction of generateblock: a txid of the mempool, or a whole one, which goes through it. */
function waiting(value: unknown, { node }: RpcContext): MempoolEntry {
  const text = String(value);
  if (text.length === 64) {
    const entry = node.mempool.get(hashArgument(text, "txid"));
    if (entry === undefined)
      throw new RpcError(CODE.INVALID_ADDRESS_OR_KEY, `Transaction ${text} not in mempool.`);
    return entry;
  }
  const added = node.send(
    decodeTransactionHex(
      text,
      `Transaction decode failed for ${text}. Make sure the tx has at least one input.`,
    ),
  );
  if (!added.ok) throw new RpcError(CODE.VERIFY, `TestBlockValidity failed: ${added.reason}`);
  return added.entry;
}

/** What BIP 22 calls the outcome; null: it is the tip. */
function submit(block: Block, { node, others, exchange, world }: RpcContext): string | null {
  const rejected = exchange.fault("submitblock.reject");
  if (rejected !== null) return String(rejected.params["reason"]);
  if (exchange.fault("submitblock.inconclusive") !== null) return "inconclusive";
  const acceptance = node.accept(withReservedValue(block));
  const outcome =
    acceptance.kind === "refused"
      ? acceptance.reason
      : !acceptance.isNew
        ? "duplicate"
        : acceptance.connected
          ? null
          : "inconclusive";
  world.note("block.submitted", { hash: hashOfHeader(block.header), outcome });
  if (outcome === null) others.race(exchange.subject);
  if (exchange.fault("submitblock.lostResponse") !== null) throw new Cut("rst");
  return outcome;
}

/** Core adds the coinbase's witness where a commitment stands without one (UpdateUncommittedBlockStructures). */
function withReservedValue(block: Block): Block {
  const [coinbase, ...others] = block.transactions;
  const [input] = coinbase?.inputs ?? [];
  if (coinbase === undefined || input === undefined || commitmentAt(coinbase) === -1 || hasWitness(coinbase))
    return block;
  const whole = {
    ...coinbase,
    inputs: [{ ...input, witness: [WITNESS_NONCE] }, ...coinbase.inputs.slice(1)],
  };
  return { ...block, transactions: [whole, ...others] };
}

function miningInfo({ node }: RpcContext): object {
  const { chain, mempool, settings } = node;
  const { tip } = chain;
  const next = node.bitsAfter(tip, Math.max(node.nowSec(), leastTime(tip, settings.network)));
  const { lastAssembled } = node;
  const form = (bits: number) => ({
    bits: bitsText(bits),
    difficulty: difficultyOf(bits),
    target: hex256(targetOf(bits)),
  });
  const { signetChallenge } = settings.network;
  return {
    blocks: tip.height,
    ...(lastAssembled === null
      ? {}
      : { currentblockweight: lastAssembled.weight, currentblocktx: lastAssembled.transactions }),
    ...form(tip.block.header.bits),
    networkhashps: hashRate(tip, 120),
    pooledtx: mempool.size,
    chain: settings.network.chain,
    next: { height: tip.height + 1, ...form(next) },
    ...(signetChallenge === null ? {} : { signet_challenge: signetChallenge }),
    warnings: [],
  };
}

/** getnetworkhashps with Core's checks; -1 blocks: since the last change of bits; -1 as height: the tip. */
function networkRate(blocks: number, height: number, { chain, settings }: BitcoinNode): number {
  if (blocks < -1 || blocks === 0)
    throw new RpcError(CODE.INVALID_PARAMETER, "Invalid nblocks. Must be a positive number or -1.");
  if (height < -1 || height > chain.tip.height)
    throw new RpcError(CODE.INVALID_PARAMETER, "Block does not exist at specified height");
  const from = height === -1 ? chain.tip : chain.at(height);
  const period = (from?.height ?? 0) % settings.network.periodBlocks;
  return hashRate(from, blocks === -1 ? period + 1 : blocks);
}

/** Core's estimate: work over time between the earliest and the latest of the last blocks. */
function hashRate(from: BlockEntry | undefined, blocks: number): number {
  if (from === undefined || from.height === 0) return 0;
  let at = from;
  const times = [from.block.header.time];
  for (let back = 0; back < Math.min(blocks, from.height) && at.previous !== null; back++) {
    at = at.previous;
    times.push(at.block.header.time);
  }
  const tookSec = Math.max(...times) - Math.min(...times);
  return tookSec === 0 ? 0 : Number(from.work - at.work) / tookSec;
}
