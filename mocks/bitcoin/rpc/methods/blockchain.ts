import { encodeBlock } from "../../chain/block.ts";
import { encodeHeader } from "../../chain/header.ts";
import { bitsText, difficultyOf, hex256, targetOf } from "../../chain/target.ts";
import { medianTime } from "../../node/entry.ts";
import type { BlockEntry } from "../../node/entry.ts";
import type { BitcoinNode } from "../../node/node.ts";
import { blockStats } from "../block-stats.ts";
import { deployments } from "../deployments.ts";
import { CODE, RpcError } from "../error.ts";
import { blockJson, headerJson, scriptJson } from "../json.ts";
import { coins, hashArgument } from "../method.ts";
import type { RpcMethods } from "../method.ts";

/** @throws RpcError when the node has no such block. */
export function findBlock(value: unknown, { chain }: BitcoinNode, name = "blockhash"): BlockEntry {
  const entry = chain.get(hashArgument(value, name));
  if (entry === undefined) throw new RpcError(CODE.INVALID_ADDRESS_OR_KEY, "Block not found");
  return entry;
}

/** Of a hash or a height, with Core's words for both (ParseHashOrHeight). */
function hashOrHeight(value: unknown, node: BitcoinNode): BlockEntry {
  if (typeof value !== "number") return findBlock(value, node, "hash_or_height");
  const { height } = node.chain.tip;
  if (value < 0) throw new RpcError(CODE.INVALID_PARAMETER, `Target block height ${value} is negative`);
  if (value > height)
    throw new RpcError(CODE.INVALID_PARAMETER, `Target block height ${value} after current tip ${height}`);
  return blockAt(value, node);
}

function blockAt(value: unknown, { chain, settings }: BitcoinNode): BlockEntry {
  const height = Number(value);
  if (!Number.isInteger(height) || height < 0 || height > chain.tip.height)
    throw new RpcError(CODE.INVALID_PARAMETER, "Block height out of range");
  const entry = chain.at(height);
  if (entry === undefined)
    throw new RpcError(CODE.MISC, `Block not available (the mock keeps ${settings.keepBlocks} blocks)`);
  return entry;
}

export const BLOCKCHAIN: RpcMethods = {
  getbestblockhash: { params: [], run: (_, { node }) => node.chain.tip.hash },
  getblockcount: { params: [], run: (_, { node }) => node.chain.tip.height },
  getdifficulty: { params: [], run: (_, { node }) => difficultyOf(node.chain.tip.block.header.bits) },
  getblockhash: {
    params: [["height", "number"]],
    run: ([height], { node }) =>
      height === 0 ? node.settings.network.genesisHash : blockAt(height, node).hash,
  },
  getblock: {
    params: [
      ["blockhash", "string"],
      ["verbosity|verbose", "any?"],
    ],
    run([hash, verbosity], { node }) {
      const entry = findBlock(hash, node);
      const level = verbosity === undefined || verbosity === null ? 1 : Number(verbosity);
      return level <= 0 ? encodeBlock(entry.block).toString("hex") : blockJson(entry, node, level);
    },
  },
  getblockheader: {
    params: [
      ["blockhash", "string"],
      ["verbose", "boolean?"],
    ],
    run([hash, verbose], { node }) {
      const entry = findBlock(hash, node, "hash");
      return verbose === false ? encodeHeader(entry.block.header).toString("hex") : headerJson(entry, node);
    },
  },
  getblockstats: {
    params: [
      ["hash_or_height", "any"],
      ["stats", "array?"],
    ],
    run([which, stats], { node }) {
      return blockStats(hashOrHeight(which, node), node, (stats ?? []) as readonly unknown[]);
    },
  },
  getblockchaininfo: { params: [], run: (_, { node }) => chainInfo(node) },
  getchaintips: { params: [], run: (_, { node }) => tips(node) },
  getdeploymentinfo: {
    params: [["blockhash", "string?"]],
    run([hash], { node }) {
      const entry = hash === undefined || hash === null ? node.chain.tip : findBlock(hash, node);
      const { hash: shown, height } = entry;
      return { hash: shown, height, deployments: deployments(entry, node.settings.network) };
    },
  },
  gettxout: {
    params: [
      ["txid", "string"],
      ["n", "number"],
      ["include_mempool", "boolean?"],
    ],
    run([txid, n, pool], { node }) {
      const { chain, mempool, settings } = node;
      const hash = hashArgument(txid, "txid");
      const vout = Number(n);
      if (pool !== false && mempool.spender(hash, vout) !== undefined) return null;
      const waiting = pool === false ? undefined : mempool.get(hash)?.transaction.outputs[vout];
      const coin = chain.coins.get(hash, vout);
      const output = coin ?? waiting;
      if (output === undefined) return null;
      return {
        bestblock: chain.tip.hash,
        confirmations: coin === undefined ? 0 : chain.tip.height - coin.height + 1,
        value: coins(output.value),
        scriptPubKey: scriptJson(output.script, settings.network),
        coinbase: coin?.coinbase ?? false,
      };
    },
  },
  invalidateblock: {
    params: [["blockhash", "string"]],
    run([hash], { node }) {
      const entry = findBlock(hash, node);
      if (entry.previous === null) throw new RpcError(CODE.DATABASE, "the first block can't be invalidated");
      node.chain.invalidate(entry);
    },
  },
  reconsiderblock: {
    params: [["blockhash", "string"]],
    run: ([hash], { node }) => node.chain.reconsider(findBlock(hash, node)),
  },
  preciousblock: {
    params: [["blockhash", "string"]],
    run: ([hash], { node }) => node.chain.precious(findBlock(hash, node)),
  },
};

function chainInfo(node: BitcoinNode): object {
  const { tip } = node.chain;
  const { network } = node.settings;
  const behind = node.inInitialDownload();
  const { bits, time } = tip.block.header;
  return {
    chain: network.chain,
    blocks: tip.height,
    headers: tip.height,
    bestblockhash: tip.hash,
    bits: bitsText(bits),
    target: hex256(targetOf(bits)),
    difficulty: difficultyOf(bits),
    time,
    mediantime: medianTime(tip),
    verificationprogress: behind ? 0.5 : 1,
    initialblockdownload: behind,
    chainwork: hex256(tip.work),
    size_on_disk: [...node.chain.all()].reduce((sum, { bytes }) => sum + bytes, 0),
    pruned: false,
    ...(network.signetChallenge === null ? {} : { signet_challenge: network.signetChallenge }),
    warnings: [],
  };
}

/** The ends of all branches, the highest first. */
function tips({ chain }: BitcoinNode): object[] {
  const parents = new Set([...chain.all()].map(({ previous }) => previous));
  return [...chain.all()]
    .filter((entry) => !parents.has(entry) || entry === chain.tip)
    .toSorted((a, b) => b.height - a.height)
    .map((entry) => {
      let fork: BlockEntry = entry;
      while (!chain.isActive(fork) && fork.previous !== null) fork = fork.previous;
      const off = entry.connectedOnce ? "valid-fork" : "valid-headers";
      const status = entry === chain.tip ? "active" : entry.failed ? "invalid" : off;
      return { height: entry.height, hash: entry.hash, branchlen: entry.height - fork.height, status };
    });
}
