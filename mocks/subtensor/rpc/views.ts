import type { FaultSubject } from "../../core/mock.ts";
import type { Block } from "../chain/block.ts";
import { affordable } from "../chain/execute.ts";
import { readExtrinsic } from "../chain/extrinsic.ts";
import type { Refusal, SigningContext } from "../chain/extrinsic.ts";
import { accountOf } from "../chain/state.ts";
import type { Invalidity } from "../runtime/apis/validity.ts";
import type { BlockView } from "../chain/view.ts";
import { clientError, invalidParams, stateDiscarded, unknownBlock } from "./errors.ts";
import type { Node } from "./method.ts";

/** Nodes keep the state of this many blocks unless they are archives (`--state-pruning`). */
const KEPT_STATES = 256;
const ANYBODY: FaultSubject = { labels: {} };

/** The block of this hash, or the head. @throws RpcError */
export function blockOf({ chain }: Node, hash: unknown): Block {
  if (hash === undefined || hash === null) return chain.head();
  if (typeof hash !== "string") throw invalidParams("a block hash is a string");
  const block = chain.byHash(hash);
  if (block === undefined) throw unknownBlock(hash);
  return block;
}

/** The same for what needs its state. @throws RpcError when the node has discarded it. */
export function stateBlock(node: Node, hash: unknown): Block {
  const { chain, settings, world } = node;
  const block = blockOf(node, hash);
  const fault = world.faults.standing("stateDiscarded", ANYBODY);
  const kept =
    fault === null ? (settings.archive ? Infinity : KEPT_STATES) : Number(fault.params["olderThan"]);
  if (chain.head().number - block.number > kept) throw stateDiscarded(block.hash);
  return block;
}

/** The block whose metagraph is shown for this one: an older one while the metagraph is stale. */
export function metagraphBlock({ chain, world }: Node, block: Block): Block {
  const fault = world.faults.standing("metagraph.stale", ANYBODY);
  if (fault === null) return block;
  const newest = Math.max(0, chain.head().number - Number(fault.params["blocks"]));
  return block.number <= newest ? block : (chain.at(newest) ?? block);
}

/** What the chain signs with on top of this block. */
export function signingContext({ chain }: Node, head: Block): SigningContext {
  return {
    specVersion: head.spec.version,
    genesisHash: chain.at(0)?.hash ?? "",
    head: head.number,
    hashAt: (number) => chain.at(number)?.hash,
  };
}

const INVALID: Readonly<Record<Refusal, Invalidity>> = {
  unreadable: "Call",
  unsigned: "Call",
  badProof: "BadProof",
  metadataHash: "BadProof",
  ancientBirth: "AncientBirthBlock",
};

function invalidity(node: Node, block: Block, hex: string): Invalidity | null {
  const runtime = node.runtimes.get(block.spec);
  const read = readExtrinsic(hex, runtime, signingContext(node, block));
  if (read.kind === "refused") return INVALID[read.reason];
  const { signer, nonce } = read.extrinsic;
  if (nonce < accountOf(block.state, signer).nonce) return "Stale";
  return affordable(block.state, read.extrinsic, runtime) ? null : "Payment";
}

/** The block as storage and runtime APIs see it. */
export function viewOf(node: Node, block: Block): BlockView {
  const { chain, runtimes, world } = node;
  return {
    number: block.number,
    parentHash: block.header.parentHash,
    timeMs: block.timeMs,
    state: block.state,
    events: block.events,
    logs: block.logs,
    extrinsicCount: block.extrinsics.length,
    specVersion: block.spec.version,
    validate: (hex) => invalidity(node, block, hex),
    metadata(version) {
      const fault = world.faults.standing("specVersion.bump", ANYBODY);
      if (fault?.params["metadata"] === "withheld") throw clientError("Failed to get runtime version");
      return version === 14 || version === 15 ? runtimes.metadata(block.spec, version) : null;
    },
    hashAt: (number) => chain.at(number)?.hash,
  };
}
