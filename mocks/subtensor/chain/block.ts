import type { Random } from "../../../harness/service/host.ts";
import { textOfInherent } from "./inherent.ts";
import type { Extrinsic } from "./extrinsic.ts";
import type { Flips } from "./flips.ts";
import { makeHeader } from "./header.ts";
import type { Header, Log } from "./header.ts";
import type { ChainState } from "./state.ts";
import { blake256, bytesToHex } from "../scale/hex.ts";
import type { BlockEvent } from "./view.ts";

/** Which runtime a block leaves behind. */
export interface Spec {
  readonly version: number;
  /** It has other metadata than the runtime that the chain began with. */
  readonly changed: boolean;
}

export interface Block {
  readonly number: number;
  readonly hash: string;
  readonly header: Header;
  readonly logs: readonly Log[];
  /** The place of its time among all blocks': 0 is the head that the mock begins with. */
  readonly slot: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Signed ones; the inherent that sets the time comes before them. */
  readonly signed: readonly Extrinsic[];
  /** All of them, as hex. */
  readonly extrinsics: readonly string[];
  readonly events: readonly BlockEvent[];
  readonly state: ChainState;
  /** Faults that have changed the state, see flips.ts. */
  readonly flips: Flips;
  readonly spec: Spec;
}

export interface BlockParts {
  readonly parent: Pick<Block, "number" | "hash">;
  readonly slot: number;
  readonly timeMs: number;
  readonly blockMs: number;
  readonly signed: readonly Extrinsic[];
  readonly events: readonly BlockEvent[];
  readonly state: ChainState;
  readonly flips: Flips;
  readonly spec: Spec;
  readonly random: Random;
}

/** Roots are hashes of what they stand for, and no tries: nobody can prove a value with them. */
export function makeBlock(parts: BlockParts): Block {
  const { parent, slot, timeMs, blockMs, signed, events, state, flips, spec, random } = parts;
  const number = parent.number + 1;
  const extrinsics = [textOfInherent(timeMs), ...signed.map(({ hex }) => hex)];
  const { header, hash, logs } = makeHeader({
    number,
    parentHash: parent.hash,
    slot: Math.floor(timeMs / blockMs),
    stateRoot: rootOf(`state of ${number} after ${parent.hash}`),
    extrinsicsRoot: rootOf(extrinsics.join()),
    random,
  });
  return { number, hash, header, logs, slot, timeMs, signed, extrinsics, events, state, flips, spec };
}

/** The first block. `birthmark` makes its hash: chains that differ in it have nothing in common. */
export function genesisBlock(
  state: ChainState,
  spec: Spec,
  slot: number,
  timeMs: number,
  birthmark: string,
): Block {
  const stateRoot = rootOf(birthmark);
  const extrinsicsRoot = rootOf("");
  const parentHash = `0x${"00".repeat(32)}`;
  const header: Header = { parentHash, number: "0x0", stateRoot, extrinsicsRoot, digest: { logs: [] } };
  const bytes = Buffer.concat([
    Buffer.alloc(33),
    Buffer.from(stateRoot.slice(2) + extrinsicsRoot.slice(2), "hex"),
    Buffer.alloc(1),
  ]);
  const hash = bytesToHex(blake256(bytes));
  const empty = { logs: [], signed: [], extrinsics: [], events: [], flips: new Map() };
  return { number: 0, hash, header, slot, timeMs, state, spec, ...empty };
}

const rootOf = (text: string) => bytesToHex(blake256(Buffer.from(text)));
