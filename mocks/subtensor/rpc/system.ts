import { ss58Decode } from "../../core/signing/ss58.ts";
import { bytesToHex } from "../scale/hex.ts";
import { invalidParams } from "./errors.ts";
import type { Method, Methods, Node } from "./method.ts";

/** The version that a node of the runtime's time reports. */
const NODE = { name: "Subtensor Node", version: "4.0.0-dev-14bc6f9f9" } as const;
const PEER = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
/** Rao have nine decimals. */
const DECIMALS = 9;
const ANYBODY = { labels: {} };

export function systemMethods({ world, settings, chain }: Node): Methods {
  const nextIndex: Method = ([address], caller) => {
    const account = typeof address === "string" ? ss58Decode(address) : null;
    if (account === null) throw invalidParams("no address with prefix 42");
    const id = bytesToHex(account);
    const { state } = chain.head();
    if (caller.fault("nonce.race") !== null) return state.accounts.get(id)?.nonce ?? 0;
    return chain.pool.nextNonce(state, id);
  };
  return {
    system_chain: () => settings.chain,
    system_chainType: () => "Live",
    system_name: () => NODE.name,
    system_version: () => NODE.version,
    system_properties: () => ({
      ss58Format: Number(world.faults.standing("ss58.prefix", ANYBODY)?.params["prefix"] ?? 42),
      isEthereum: false,
      tokenDecimals: DECIMALS,
      tokenSymbol: "TAO",
    }),
    system_health: () => ({ peers: 8, isSyncing: false, shouldHavePeers: true }),
    system_peers: () => [],
    system_syncState: () => {
      const { number } = chain.head();
      return { startingBlock: 0, currentBlock: number, highestBlock: number };
    },
    system_localPeerId: () => PEER,
    system_localListenAddresses: () => [`/ip4/127.0.0.1/tcp/30333/p2p/${PEER}`],
    system_nodeRoles: () => ["Full"],
    system_accountNextIndex: nextIndex,
    account_nextIndex: nextIndex,
  };
}
