/** Counts the KV cache's room in tokens. vLLM hands it out in blocks of 16; at this scale the difference is noise. */
export interface KvCache {
  /** False: there is no room. */
  claim(tokens: number): boolean;
  /** Takes the room whether there is any or not: for the only request in the engine. Always true. */
  force(tokens: number): true;
  release(tokens: number): void;
  /** 0 to 1. */
  usage(): number;
}

/** @param shareLeft how much of the cache can be used now, 0 to 1. */
export function createKvCache(capacityTokens: number, shareLeft: () => number): KvCache {
  let used = 0;
  return {
    claim(tokens) {
      if (used + tokens > capacityTokens * shareLeft()) return false;
      used += tokens;
      return true;
    },
    force(tokens) {
      used += tokens;
      return true;
    },
    release(tokens) {
      used -= tokens;
    },
    usage: () => Math.min(1, used / Math.max(1, capacityTokens * shareLeft())),
  };
}
