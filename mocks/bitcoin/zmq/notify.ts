import { encodeBlock } from "../chain/block.ts";
import { encodeTransaction, txidOf } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import type { BlockEntry } from "../node/entry.ts";
import type { MempoolEntry } from "../node/mempool.ts";
import type { BitcoinNode, NodeEvents } from "../node/node.ts";
import type { ZmqTopic } from "../settings.ts";

/** What Core says on which topic when the chain or the mempool changes (Core 29.0: zmqnotificationinterface.cpp, zmqpublishnotifier.cpp). */
export function notifications(
  node: BitcoinNode,
  publish: (topic: ZmqTopic, body: Uint8Array) => void,
): NodeEvents {
  /** Hashes go out in the order in which people read them. */
  const readable = (hash: string) => Buffer.from(hash, "hex");
  const transaction = (it: Transaction) => {
    publish("hashtx", Buffer.from(txidOf(it).toReversed()));
    publish("rawtx", encodeTransaction(it));
  };
  const mempool = ({ txid, change }: MempoolEntry, label: "A" | "R") => {
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(BigInt(change));
    publish("sequence", Buffer.concat([readable(txid), Buffer.from(label), number]));
  };
  const block = (entry: BlockEntry, label: "C" | "D") => {
    entry.block.transactions.forEach(transaction);
    publish("sequence", Buffer.concat([readable(entry.hash), Buffer.from(label)]));
  };
  return {
    tip({ left, joined }) {
      for (const entry of left) block(entry, "D");
      for (const entry of joined) block(entry, "C");
      // Only a new tip is announced, not one that is left by an invalidated block, and not while the node is far behind.
      if (joined.length === 0 || node.inInitialDownload()) return;
      publish("hashblock", readable(node.chain.tip.hash));
      publish("rawblock", encodeBlock(node.chain.tip.block));
    },
    added(entry) {
      transaction(entry.transaction);
      mempool(entry, "A");
    },
    removed: (entry) => mempool(entry, "R"),
  };
}
