import { Twox128 } from "@polkadot-api/substrate-bindings";
import { ss58Encode } from "../../../core/signing/ss58.ts";
import type { Rpc } from "./rpc.ts";
import { RpcError } from "./rpc.ts";

/** A neuron as far as permissions go. */
export interface Neuron {
  readonly uid: number;
  /** SS58, prefix 42. */
  readonly hotkey: string;
  readonly permit: boolean;
}

/** A subnet has 256 places. */
const MAX_NEURONS = 1_024;
const ACCOUNT_BYTES = 32;

/**
 * The subnet's neurons as the state of one block has them. Read from the pallet's storage, whose names, hashers (Identity)
 * and types are subtensor's: SubnetworkN (u16), Keys (netuid, uid → account), ValidatorPermit (netuid → Vec<bool>).
 * @throws RpcError, RequestError
 */
export async function readNeurons(rpc: Rpc, netuid: number, blockHash: string): Promise<Neuron[]> {
  const countKey = storageKey("SubnetworkN", u16(netuid));
  const permitKey = storageKey("ValidatorPermit", u16(netuid));
  const [count, permits] = await readValues(rpc, [countKey, permitKey], blockHash);
  const neurons = count === undefined ? 0 : count.readUInt16LE(0);
  if (neurons > MAX_NEURONS) throw new RpcError(`a subnet of ${neurons} neurons`);
  const permitted = booleans(permits ?? Buffer.from([0]));
  const keys = Array.from({ length: neurons }, (_, uid) => storageKey("Keys", u16(netuid), u16(uid)));
  const accounts = await readValues(rpc, keys, blockHash);
  return accounts.map((account, uid) => {
    if (account?.length !== ACCOUNT_BYTES) throw new RpcError(`no hotkey with uid ${uid}`);
    return { uid, hotkey: ss58Encode(account), permit: permitted[uid] ?? false };
  });
}

/** Values in the order of the keys; undefined where there is none. */
async function readValues(
  rpc: Rpc,
  keys: readonly string[],
  blockHash: string,
): Promise<(Buffer | undefined)[]> {
  if (keys.length === 0) return [];
  const answer = await rpc("state_queryStorageAt", [keys, blockHash]);
  const [set] = Array.isArray(answer) ? answer : [];
  const changes: unknown = (set as { changes?: unknown } | undefined)?.changes;
  if (!Array.isArray(changes)) throw new RpcError("state_queryStorageAt: no changes");
  const values = new Map(changes.map((pair: readonly unknown[]) => [String(pair[0]), pair[1]]));
  return keys.map((key) => {
    const value = values.get(key);
    return typeof value === "string" ? Buffer.from(value.slice(2), "hex") : undefined;
  });
}

function storageKey(item: string, ...parts: readonly Buffer[]): string {
  const hashed = ["SubtensorModule", item].map((name) => Buffer.from(Twox128(Buffer.from(name))));
  return `0x${Buffer.concat([...hashed, ...parts]).toString("hex")}`;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** SCALE's Vec<bool>: its length as a compact number of one or two bytes, then a byte for each. */
function booleans(bytes: Buffer): boolean[] {
  const mode = (bytes[0] ?? 0) & 0b11;
  if (mode > 1) throw new RpcError("a list that is longer than a subnet");
  const length = mode === 0 ? (bytes[0] ?? 0) >> 2 : bytes.readUInt16LE(0) >> 2;
  return [...bytes.subarray(mode + 1, mode + 1 + length)].map((byte) => byte === 1);
}
