import { hashText } from "../../chain/sha256d.ts";
import { encodeTransaction, txidOf } from "../../chain/transaction.ts";
import type { MempoolEntry } from "../../node/mempool.ts";
import { decodeTransactionHex } from "../decode.ts";
import { CODE, RpcError } from "../error.ts";
import { confirmationsOf, transactionJson } from "../json.ts";
import { coins, hashArgument } from "../method.ts";
import type { RpcContext, RpcMethods } from "../method.ts";

/** Core's code for a transaction whose outputs are there already. */
const ALREADY_IN_CHAIN = -27;

export const TRANSACTIONS: RpcMethods = {
  decoderawtransaction: {
    params: [
      ["hexstring", "string"],
      ["iswitness", "boolean?"],
    ],
    run: ([data], { node }) =>
      transactionJson(decodeTransactionHex(data, "TX decode failed"), node.settings.network),
  },
  getrawtransaction: {
    params: [
      ["txid", "string"],
      ["verbosity|verbose", "any?"],
      ["blockhash", "string?"],
    ],
    run: ([txid, verbosity, blockhash], context) =>
      rawTransaction(hashArgument(txid, "parameter 1"), Number(verbosity ?? 0), blockhash, context),
  },
  sendrawtransaction: {
    params: [
      ["hexstring", "string"],
      ["maxfeerate", "any?"],
      ["maxburnamount", "any?"],
    ],
    run([data], { node }) {
      const transaction = decodeTransactionHex(
        data,
        "TX decode failed. Make sure the tx has at least one input.",
      );
      const added = node.send(transaction);
      const reason = added.ok ? null : added.reason;
      if (reason === "txn-already-known")
        throw new RpcError(ALREADY_IN_CHAIN, "Transaction outputs already in utxo set");
      if (reason === "bad-txns-inputs-missingorspent") throw new RpcError(CODE.VERIFY, reason);
      if (reason !== null && reason !== "txn-already-in-mempool")
        throw new RpcError(CODE.VERIFY_REJECTED, reason);
      return hashText(txidOf(transaction));
    },
  },
  getmempoolinfo: {
    params: [],
    run(_, { node }) {
      const all = node.mempool.all();
      const bytes = all.reduce((sum, { vsize }) => sum + vsize, 0);
      return {
        loaded: true,
        size: all.length,
        bytes,
        usage: bytes * 4,
        total_fee: coins(all.reduce((sum, { fee }) => sum + fee, 0n)),
        maxmempool: 300_000_000,
        mempoolminfee: 0.00001,
        minrelaytxfee: 0.00001,
        incrementalrelayfee: 0.00001,
        unbroadcastcount: 0,
        fullrbf: true,
      };
    },
  },
  getrawmempool: {
    params: [
      ["verbose", "boolean?"],
      ["mempool_sequence", "boolean?"],
    ],
    run([verbose, sequence], { node }) {
      const all = node.mempool.all();
      if (verbose === true)
        return Object.fromEntries(all.map((entry) => [entry.txid, entryJson(entry, node.mempool.spender)]));
      const txids = all.map(({ txid }) => txid);
      return sequence === true ? { txids, mempool_sequence: node.mempool.sequence } : txids;
    },
  },
  getmempoolentry: {
    params: [["txid", "string"]],
    run([txid], { node }) {
      const entry = node.mempool.get(hashArgument(txid, "parameter 1"));
      if (entry === undefined) throw new RpcError(CODE.INVALID_ADDRESS_OR_KEY, "Transaction not in mempool");
      return entryJson(entry, node.mempool.spender);
    },
  },
};

/** Without an index of transactions, as Core's default: the mempool, or the block that the caller names. */
function rawTransaction(txid: string, verbosity: number, blockhash: unknown, { node }: RpcContext): unknown {
  const { chain, mempool, settings } = node;
  const named = blockhash !== undefined && blockhash !== null;
  const entry = named ? chain.get(hashArgument(blockhash, "parameter 3")) : undefined;
  if (named && entry === undefined) throw new RpcError(CODE.INVALID_ADDRESS_OR_KEY, "Block hash not found");
  const found =
    entry === undefined
      ? mempool.get(txid)?.transaction
      : entry.block.transactions.find((transaction) => hashText(txidOf(transaction)) === txid);
  if (found === undefined)
    throw new RpcError(
      CODE.INVALID_ADDRESS_OR_KEY,
      entry === undefined
        ? "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions."
        : "No such transaction found in the provided block. Use gettransaction for wallet transactions.",
    );
  const hex = encodeTransaction(found).toString("hex");
  if (verbosity <= 0) return hex;
  const json = { ...transactionJson(found, settings.network), hex };
  if (entry === undefined) return json;
  const { time } = entry.block.header;
  return {
    in_active_chain: chain.isActive(entry),
    ...json,
    blockhash: entry.hash,
    confirmations: Math.max(0, confirmationsOf(entry, node)),
    time,
    blocktime: time,
  };
}

function entryJson(entry: MempoolEntry, spender: (txid: string, vout: number) => string | undefined): object {
  const { vsize, weight, timeSec, height, fee, wtxid, depends, txid, transaction } = entry;
  const spentby = transaction.outputs.flatMap((_, vout) => spender(txid, vout) ?? []);
  const btc = coins(fee);
  return {
    vsize,
    weight,
    time: timeSec,
    height,
    descendantcount: 1 + spentby.length,
    descendantsize: vsize,
    ancestorcount: 1 + depends.length,
    ancestorsize: vsize,
    wtxid,
    fees: { base: btc, modified: btc, ancestor: btc, descendant: btc },
    depends,
    spentby,
    "bip125-replaceable": true,
    unbroadcast: false,
  };
}
