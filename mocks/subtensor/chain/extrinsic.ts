import * as scale from "@polkadot-api/substrate-bindings";
import { verify } from "../../core/signing/sr25519.ts";
import { multiAddress, multiSignature } from "../runtime/common-types.ts";
import { SIGNED_EXTENSIONS } from "../runtime/extensions.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { TRANSACTION_VERSION } from "../runtime/version.ts";
import type { VariantValue } from "../scale/composite.ts";
import { blake256, bytesToHex, hexToBytes } from "../scale/hex.ts";
import { tuple } from "../scale/primitive.ts";
import { birthOf } from "./era.ts";

/** Format 4 with a signature, and without. */
const SIGNED = 0x84;
const BARE = 0x04;
/** A longer payload is signed by its hash. */
const HASHED_OVER = 256;

/** A signed extrinsic, read. */
export interface Extrinsic {
  readonly hex: string;
  /** Blake2b-256 of all its bytes. */
  readonly hash: string;
  readonly length: number;
  readonly signer: string;
  readonly nonce: number;
  readonly tip: bigint;
  /** Pallet, call and arguments. */
  readonly call: VariantValue;
  /** The last block that may hold it; infinity: immortal. */
  readonly diesAt: number;
}

/** What the chain signs with, at its head. */
export interface SigningContext {
  readonly specVersion: number;
  readonly genesisHash: string;
  readonly head: number;
  hashAt(number: number): string | undefined;
}

export type ReadExtrinsic =
  | { readonly kind: "signed"; readonly extrinsic: Extrinsic }
  | { readonly kind: "refused"; readonly reason: Refusal };

/** Reasons in the node's own words, see rpc/errors.ts. */
export type Refusal = "unreadable" | "unsigned" | "badProof" | "ancientBirth" | "metadataHash";

const extraCodec = tuple(...SIGNED_EXTENSIONS.map(({ type }) => type)).codec;
const additionalCodec = tuple(...SIGNED_EXTENSIONS.map(({ additional }) => additional)).codec;
const at = (identifier: string) => SIGNED_EXTENSIONS.findIndex((it) => it.identifier === identifier);
const NONCE = at("CheckNonce");
const TIP = at("ChargeTransactionPayment");
const ERA = at("CheckMortality");
const METADATA_HASH = at("CheckMetadataHash");

/** Reads an extrinsic and checks its signature. */
export function readExtrinsic(hex: string, runtime: Runtime, context: SigningContext): ReadExtrinsic {
  const parts = split(hex, runtime);
  if (typeof parts === "string") return { kind: "refused", reason: parts };
  const { bytes, signer, signature, extra, call } = parts;
  const era = extra[ERA] as VariantValue;
  const birth = birthOf(era, context.head);
  const birthHash = birth === null ? context.genesisHash : context.hashAt(birth.number);
  if (birthHash === undefined || (birth !== null && context.head > birth.number + birth.period))
    return { kind: "refused", reason: "ancientBirth" };
  if ((extra[METADATA_HASH] as { mode: VariantValue }).mode.type === "Enabled")
    return { kind: "refused", reason: "metadataHash" };
  const additional = SIGNED_EXTENSIONS.map(({ identifier }) => additionalOf(identifier, context, birthHash));
  const payload = Buffer.concat([
    runtime.call.codec.enc(call),
    extraCodec.enc(extra as never),
    additionalCodec.enc(additional as never),
  ]);
  const signed = payload.length > HASHED_OVER ? blake256(payload) : payload;
  if (
    signature.type !== "Sr25519" ||
    !verify(signed, (signature.value as [string])[0], hexToBytes(signer) ?? payload)
  )
    return { kind: "refused", reason: "badProof" };
  return {
    kind: "signed",
    extrinsic: {
      hex: bytesToHex(bytes),
      hash: bytesToHex(blake256(bytes)),
      length: bytes.length,
      signer,
      nonce: extra[NONCE] as number,
      tip: extra[TIP] as bigint,
      call,
      diesAt: birth === null ? Infinity : birth.number + birth.period,
    },
  };
}

function split(hex: string, runtime: Runtime) {
  const bytes = hexToBytes(hex);
  if (bytes === null || bytes.length < 2) return "unreadable";
  const body = unwrapped(bytes);
  if (body === null) return "unreadable";
  if (body[0] === BARE) return "unsigned";
  if (body[0] !== SIGNED) return "unreadable";
  const codec = tuple(
    multiAddress,
    multiSignature,
    { ...multiAddress, codec: extraCodec as never },
    runtime.call,
  ).codec;
  try {
    const [address, signature, extra, call] = codec.dec(body.slice(1));
    const again = codec.enc([address, signature, extra, call]);
    if (bytesToHex(again) !== bytesToHex(body.subarray(1)) || address.type !== "Id") return "unreadable";
    const signer = (address.value as [string])[0];
    return { bytes, signer, signature, extra: extra as unknown as unknown[], call: call as VariantValue };
  } catch {
    return "unreadable";
  }
}

/** Without the length in front; null when it does not fit. */
function unwrapped(bytes: Uint8Array): Uint8Array | null {
  try {
    const body = scale.Bytes().dec(bytes);
    return scale.Bytes().enc(body).length === bytes.length ? body : null;
  } catch {
    return null;
  }
}

function additionalOf(identifier: string, context: SigningContext, birthHash: string): unknown {
  switch (identifier) {
    case "CheckSpecVersion":
      return context.specVersion;
    case "CheckTxVersion":
      return TRANSACTION_VERSION;
    case "CheckGenesis":
      return context.genesisHash;
    case "CheckMortality":
      return birthHash;
    default:
      return undefined;
  }
}
