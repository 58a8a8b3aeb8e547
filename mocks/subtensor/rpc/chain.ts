import type { Block } from "../chain/block.ts";
import type { News } from "../chain/chain.ts";
import { invalidParams } from "./errors.ts";
import { aliases } from "./alias.ts";
import { subscribing, unsubscribing } from "./subscribe.ts";
import type { Methods, Node } from "./method.ts";

const NOWHERE = `0x${"5e".repeat(32)}`;

export function chainMethods({ chain, world }: Node): Methods {
  const blockAt = (hash: unknown): Block | null => {
    if (hash === undefined || hash === null) return chain.head();
    return (typeof hash === "string" && chain.byHash(hash)) || null;
  };
  const hashAt = (number: unknown): string | null => {
    const wanted = Number(number);
    if (!Number.isInteger(wanted) || wanted < 0) throw invalidParams("no block number");
    if (wanted === 0 && world.faults.standing("wrongGenesis", { labels: {} }) !== null) return NOWHERE;
    return chain.at(wanted)?.hash ?? null;
  };
  const heads = (notification: string, now: (() => Block) | null, shows: (news: News) => boolean) =>
    subscribing(notification, (notify) => {
      if (now !== null) notify(now().header);
      return chain.onNews((news) => {
        if (shows(news)) notify(news.block.header);
      });
    });

  return {
    ...aliases(["chain_getBlockHash", "chain_getHead"], ([number]) => {
      if (number === undefined || number === null) return chain.head().hash;
      return Array.isArray(number) ? number.map(hashAt) : hashAt(number);
    }),
    chain_getHeader: ([hash]) => blockAt(hash)?.header ?? null,
    chain_getBlock: ([hash]) => {
      const block = blockAt(hash);
      return block && { block: { header: block.header, extrinsics: block.extrinsics }, justifications: null };
    },
    ...aliases(["chain_getFinalizedHead", "chain_getFinalisedHead"], () => chain.finalized().hash),
    ...aliases(
      ["chain_subscribeNewHeads", "chain_subscribeNewHead", "chain_subscribe_newHead", "subscribe_newHead"],
      heads("chain_newHead", chain.head, (news) => news.kind === "imported" && news.best),
    ),
    ...aliases(
      ["chain_unsubscribeNewHeads", "chain_unsubscribeNewHead", "unsubscribe_newHead"],
      unsubscribing,
    ),
    chain_subscribeAllHeads: heads("chain_allHead", chain.head, (news) => news.kind === "imported"),
    chain_unsubscribeAllHeads: unsubscribing,
    ...aliases(
      ["chain_subscribeFinalizedHeads", "chain_subscribeFinalisedHeads"],
      heads("chain_finalizedHead", chain.finalized, (news) => news.kind === "finalized"),
    ),
    ...aliases(["chain_unsubscribeFinalizedHeads", "chain_unsubscribeFinalisedHeads"], unsubscribing),
  };
}
