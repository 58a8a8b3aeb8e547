import type { Block } from "../chain/block.ts";
import { bytesToHex, blake256, hexToBytes } from "../scale/hex.ts";
import { struct } from "../scale/composite.ts";
import { createStorageIndex } from "../runtime/storage-index.ts";
import type { StorageIndex } from "../runtime/storage-index.ts";
import { versionJson } from "../runtime/version.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { aliases } from "./alias.ts";
import { bigEvents, EVENTS_KEY } from "./big-events.ts";
import { clientError, invalidParams, RpcError } from "./errors.ts";
import type { Caller, Methods, Node } from "./method.ts";
import { subscribing, unsubscribing } from "./subscribe.ts";
import { metagraphBlock, stateBlock, viewOf } from "./views.ts";

/** As sc-rpc has it. */
const MAX_PAGE = 1_000;
/** Pallets whose storage is the metagraph. */
const OF_THE_METAGRAPH = new Set(["SubtensorModule", "Commitments"]);

export function stateMethods(node: Node): Methods {
  const { chain, runtimes, world } = node;
  const indexes = new WeakMap<Runtime, StorageIndex>();
  const indexOf = (block: Block) => {
    const runtime = runtimes.get(block.spec);
    const index = indexes.get(runtime) ?? createStorageIndex(runtime);
    indexes.set(runtime, index);
    return index;
  };
  /** The block that a key is read from. */
  const shownFor = (key: string, block: Block) =>
    OF_THE_METAGRAPH.has(indexOf(block).palletOf(key) ?? "") ? metagraphBlock(node, block) : block;
  const read = (key: string, block: Block, caller: Caller | null): string | null => {
    const fault = key === EVENTS_KEY ? caller?.fault("bigEvents") : undefined;
    if (fault) return bigEvents(runtimes.get(block.spec), Number(fault.params["megabytes"]));
    return indexOf(block).read(viewOf(node, shownFor(key, block)), key);
  };
  /** Keys and values; a fault leaves out the last part. */
  const changes = (keys: unknown, block: Block, caller: Caller) => {
    const wanted = keyList(keys);
    const fault = wanted.length > 1 ? caller.fault("partialBatch") : null;
    const kept = fault === null ? wanted.length : Math.floor(wanted.length * Number(fault.params["keep"]));
    return wanted.slice(0, kept).map((key) => [key, read(key, block, caller)] as const);
  };

  return {
    state_getMetadata: ([hash]) => bytesToHex(viewOf(node, stateBlock(node, hash)).metadata(14) ?? NOTHING),
    ...aliases(["state_getRuntimeVersion", "chain_getRuntimeVersion"], ([hash]) =>
      versionJson(stateBlock(node, hash).spec.version),
    ),
    ...aliases(["state_getStorage", "state_getStorageAt"], ([key, hash], caller) =>
      read(keyOf(key), stateBlock(node, hash), caller),
    ),
    ...aliases(["state_getStorageHash", "state_getStorageHashAt"], ([key, hash], caller) => {
      const value = hexToBytes(read(keyOf(key), stateBlock(node, hash), caller));
      return value === null ? null : bytesToHex(blake256(value));
    }),
    ...aliases(["state_getStorageSize", "state_getStorageSizeAt"], ([key, hash], caller) => {
      const value = read(keyOf(key), stateBlock(node, hash), caller);
      return value === null ? null : value.length / 2 - 1;
    }),
    state_queryStorageAt: ([keys, hash], caller) => {
      const block = stateBlock(node, hash);
      return [{ block: block.hash, changes: changes(keys, block, caller) }];
    },
    ...aliases(["state_getKeysPaged", "state_getKeysPagedAt"], ([prefix, count, start, hash]) => {
      const block = stateBlock(node, hash);
      const size = Number(count);
      if (!(size <= MAX_PAGE))
        throw new RpcError(4_002, `count exceeds maximum value. value: ${size}, max: ${MAX_PAGE}`);
      const wanted = keyOf(prefix ?? "0x");
      const shown = shownFor(wanted, block);
      const all = indexOf(block).keys(viewOf(node, shown), wanted);
      const after = typeof start === "string" ? keyOf(start) : "";
      return all.filter((key) => key > after).slice(0, size);
    }),
    ...aliases(["state_call", "state_callAt"], ([name, data, hash]) => {
      const block = stateBlock(node, hash);
      const found = method(runtimes.get(block.spec), String(name));
      if (found === null) {
        world.unmodelled(`state_call ${String(name)}`);
        throw clientError(`Execution failed: Other: Exported method ${String(name)} is not found`);
      }
      const shown = String(name).includes("InfoRuntimeApi_") ? metagraphBlock(node, block) : block;
      const args = argumentsOf(found.inputs, data);
      return bytesToHex(found.output.codec.enc(found.call(viewOf(node, shown), args as never)));
    }),
    ...aliases(
      ["state_subscribeRuntimeVersion", "chain_subscribeRuntimeVersion"],
      subscribing("state_runtimeVersion", (notify) => {
        let told = chain.head().spec.version;
        notify(versionJson(told));
        return chain.onNews(({ kind, block }) => {
          if (kind !== "imported" || block.spec.version === told) return;
          told = block.spec.version;
          notify(versionJson(told));
        });
      }),
    ),
    ...aliases(["state_unsubscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion"], unsubscribing),
    state_subscribeStorage: subscribing("state_storage", (notify, [keys]) => {
      const wanted = keyList(keys);
      const told = new Map<string, string | null>();
      const tell = (block: Block) => {
        const fresh = wanted
          .map((key) => [key, read(key, block, null)] as const)
          .filter(([key, value]) => !told.has(key) || told.get(key) !== value);
        for (const [key, value] of fresh) told.set(key, value);
        if (fresh.length > 0) notify({ block: block.hash, changes: fresh });
      };
      tell(chain.head());
      return chain.onNews((news) => {
        if (news.kind === "imported" && news.best) tell(news.block);
      });
    }),
    state_unsubscribeStorage: unsubscribing,
  };
}

const NOTHING = new Uint8Array();

function keyOf(key: unknown): string {
  const bytes = hexToBytes(key);
  if (bytes === null) throw invalidParams("a storage key is hex");
  return bytesToHex(bytes);
}

function keyList(keys: unknown): string[] {
  if (!Array.isArray(keys) || keys.length > MAX_PAGE) throw invalidParams(`a list of up to ${MAX_PAGE} keys`);
  return keys.map(keyOf);
}

/** `SubnetInfoRuntimeApi_get_metagraph`. */
function method({ apis }: Runtime, name: string) {
  const at = name.indexOf("_");
  const api = apis.find((it) => it.name === name.slice(0, at));
  return api?.methods.find((it) => it.name === name.slice(at + 1)) ?? null;
}

function argumentsOf(inputs: Parameters<typeof struct>[1], data: unknown): unknown {
  const bytes = hexToBytes(data);
  if (bytes === null) throw invalidParams("arguments are hex");
  try {
    return struct("arguments", inputs).codec.dec(bytes);
  } catch {
    throw clientError(
      "Execution failed: Execution aborted due to trap: wasm trap: bad input data for runtime call",
    );
  }
}
