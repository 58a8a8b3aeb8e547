import { sha256d } from "./sha256d.ts";

export interface MerkleRoot {
  readonly root: Buffer;
  /** Two equal hashes stood side by side: the same root has another list of transactions (CVE-2012-2459). */
  readonly mutated: boolean;
}

/** The root over internal hashes; 32 zero bytes over none. */
export function merkleRoot(leaves: readonly Uint8Array[]): MerkleRoot {
  let mutated = false;
  let level: Buffer[] = leaves.map((leaf) => Buffer.from(leaf));
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Buffer;
      const right = level[at + 1];
      if (right !== undefined && left.equals(right)) mutated = true;
      next.push(sha256d(Buffer.concat([left, right ?? left])));
    }
    level = next;
  }
  return { root: level[0] ?? Buffer.alloc(32), mutated };
}

/** What `mining.notify` sends: the hashes beside the path of the first leaf, which is not among `others`. */
export function merkleBranch(others: readonly Uint8Array[]): Buffer[] {
  const branch: Buffer[] = [];
  // The first place of a level stands for the unknown coinbase.
  let level: readonly Uint8Array[] = others;
  while (level.length > 0) {
    branch.push(Buffer.from(level[0] as Uint8Array));
    const next: Buffer[] = [];
    for (let at = 1; at < level.length; at += 2) {
      const left = level[at] as Uint8Array;
      next.push(sha256d(Buffer.concat([left, level[at + 1] ?? left])));
    }
    level = next;
  }
  return branch;
}

/** The root, from the coinbase's txid (internal bytes) and the branch. */
export function foldBranch(coinbase: Uint8Array, branch: readonly Uint8Array[]): Buffer {
  return branch.reduce<Buffer>((sum, hash) => sha256d(Buffer.concat([sum, hash])), Buffer.from(coinbase));
}
