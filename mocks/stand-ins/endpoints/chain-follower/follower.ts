import type { Host } from "../../../../harness/service/host.ts";
import { repeat } from "../../parts/repeat.ts";
import { followHeads, readHeads } from "./heads.ts";
import type { Heads } from "./heads.ts";
import { createMetagraphCache } from "./metagraph.ts";
import type { MetagraphCache } from "./metagraph.ts";
import { RpcError, rpcOf, textResult } from "./rpc.ts";
import type { FollowerSettings } from "./settings.ts";
import { readNeurons } from "./storage.ts";

const CALL_MS = 2_000;

export interface Follower {
  readonly metagraph: MetagraphCache;
  heads(): Heads | null;
  endpoint(): string;
  /** False: there is none of this name. */
  use(endpoint: string): boolean;
}

/** Follows one node of the chain: heads and finality each `pollMs`, the metagraph of every finalized block. */
export function startFollower(host: Host, settings: FollowerSettings): Follower {
  const { endpoints, netuid } = settings;
  const metagraph = createMetagraphCache(settings.maxAgeMs);
  let endpoint = [...endpoints.keys()][0] ?? "";
  let heads: Heads | null = null;
  let genesis: string | null = null;

  repeat(host, "follow the chain", settings.pollMs, async () => {
    const asked = endpoint;
    const rpc = rpcOf(host, endpoints.get(asked) ?? "", CALL_MS);
    const chain = textResult("chain_getBlockHash", await rpc("chain_getBlockHash", [0]));
    genesis ??= chain;
    if (chain !== genesis) throw new RpcError(`${asked} is on another chain: ${chain}`);
    const seen = await readHeads(rpc, () => host.clock.nowMs());
    // The operator has switched while we asked: what the other node said is of no interest.
    if (asked !== endpoint) return;
    heads = followHeads(heads, seen);
    const { finalized } = heads;
    if (finalized.number > metagraph.block() || metagraph.size() === 0)
      metagraph.put(finalized, await readNeurons(rpc, netuid, finalized.hash));
  });

  return {
    metagraph,
    heads: () => heads,
    endpoint: () => endpoint,
    use(name) {
      if (!endpoints.has(name)) return false;
      endpoint = name;
      return true;
    },
  };
}
