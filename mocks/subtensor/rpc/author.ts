import { callName, execute } from "../chain/execute.ts";
import { readExtrinsic } from "../chain/extrinsic.ts";
import type { Extrinsic } from "../chain/extrinsic.ts";
import type { TxStatus } from "../chain/pool.ts";
import { feeOf, WEIGHT } from "../runtime/fees.ts";
import { dispatchError } from "../runtime/common-types.ts";
import { bytesToHex, hexToBytes } from "../scale/hex.ts";
import { aliases } from "./alias.ts";
import { banned, invalidParams, lowPriority, methodNotFound, notAdded, poolFull, refused } from "./errors.ts";
import type { Caller, Methods, Node } from "./method.ts";
import { unsubscribing } from "./subscribe.ts";
import { signingContext } from "./views.ts";

type How =
  "banned" | "alreadyImported" | "lowPriority" | "full" | "future" | "usurped" | "dropped" | "invalid";

const SOME_OTHER = `0x${"0f".repeat(32)}`;

export function authorMethods(node: Node): Methods {
  const { chain, runtimes, world } = node;

  const readChecked = (hex: unknown): Extrinsic => {
    if (typeof hex !== "string") throw invalidParams("an extrinsic is hex");
    const head = chain.head();
    const read = readExtrinsic(hex, runtimes.get(head.spec), signingContext(node, head));
    if (read.kind === "signed") return read.extrinsic;
    world.note("extrinsic.refused", { reason: read.reason });
    if (read.reason === "metadataHash") world.unmodelled("an extrinsic with a metadata hash");
    throw refused(read.reason);
  };

  /** Into the pool, and what a watcher hears first. */
  const submit = (hex: unknown, caller: Caller): { hash: string; first: readonly TxStatus[] } => {
    const extrinsic = readChecked(hex);
    const { hash } = extrinsic;
    const how = caller.fault("txPool")?.params["how"] as How | undefined;
    switch (how) {
      case "banned":
        throw banned();
      case "lowPriority":
        throw lowPriority();
      case "full":
        throw poolFull();
      case "alreadyImported":
        throw notAdded("known", hash);
      case "dropped":
        return { hash, first: ["ready", "dropped"] };
      case "invalid":
        return { hash, first: ["ready", "invalid"] };
      case "usurped":
        return { hash, first: ["ready", { usurped: SOME_OTHER }] };
    }
    const { state, spec } = chain.head();
    const ahead = extrinsic.nonce > chain.pool.nextNonce(state, extrinsic.signer);
    const added = chain.pool.add(extrinsic, state, runtimes.get(spec), how === "future");
    if (added !== "added") throw notAdded(added, hash);
    world.note("extrinsic.pooled", { hash, call: callName(extrinsic.call), nonce: extrinsic.nonce });
    return { hash, first: how === "future" || ahead ? ["future"] : ["ready"] };
  };

  return {
    author_submitExtrinsic: ([hex], caller) => submit(hex, caller).hash,
    author_submitAndWatchExtrinsic: ([hex], caller) => {
      if (caller.subscriptions === null) throw methodNotFound();
      const { hash, first } = submit(hex, caller);
      return caller.subscriptions.open("author_extrinsicUpdate", (notify) => {
        for (const status of first) notify(status);
        return chain.pool.watch(hash, notify);
      });
    },
    author_unwatchExtrinsic: unsubscribing,
    author_pendingExtrinsics: () => chain.pool.pending(),
    ...aliases(["system_dryRun", "system_dryRunAt", "state_dryRun"], ([hex]) => {
      const extrinsic = readChecked(hex);
      const { state, spec, number } = chain.head();
      const { events } = execute(state, extrinsic, runtimes.get(spec), number + 1, 1);
      const failed = events.find(({ event }) => event.type === "ExtrinsicFailed");
      if (failed === undefined) return "0x0000";
      const { dispatch_error: error } = failed.event.value as { dispatch_error: never };
      return `0x0001${bytesToHex(dispatchError.codec.enc(error)).slice(2)}`;
    }),
    payment_queryInfo: ([hex]) => ({
      weight: { ref_time: Number(WEIGHT.ref_time), proof_size: Number(WEIGHT.proof_size) },
      class: "normal",
      partialFee: String(feeOf(lengthOf(hex))),
    }),
    payment_queryFeeDetails: ([hex]) => ({
      inclusionFee: {
        baseFee: "0x0",
        lenFee: "0x0",
        adjustedWeightFee: `0x${feeOf(lengthOf(hex)).toString(16)}`,
      },
    }),
  };
}

function lengthOf(hex: unknown): number {
  const bytes = hexToBytes(hex);
  if (bytes === null) throw invalidParams("an extrinsic is hex");
  return bytes.length;
}
