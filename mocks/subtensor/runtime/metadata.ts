import { metadata } from "@polkadot-api/substrate-bindings";
import { bytesToHex } from "../scale/hex.ts";
import { newtype } from "../scale/composite.ts";
import { createLookup } from "../scale/lookup.ts";
import type { Lookup } from "../scale/lookup.ts";
import { tuple } from "../scale/primitive.ts";
import type { AnyType } from "../scale/type.ts";
import { multiAddress, multiSignature } from "./common-types.ts";
import { extraType, extrinsicType } from "./apis/chain.ts";
import { SIGNED_EXTENSIONS } from "./extensions.ts";
import type { Pallet, StorageItem } from "./pallet.ts";
import { callsOf, errorsOf, eventsOf } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";

/** "meta" as a little-endian number. */
const MAGIC = 0x61_74_65_6d;
/** Extrinsic format 4: the one that all clients sign. */
const EXTRINSIC_VERSION = 4;
export const METADATA_VERSIONS = [14, 15] as const;

/** The bytes of MetadataVersioned, as state_getMetadata gives version 14 and the runtime API 14 and 15. */
export function encodeMetadata(runtime: Runtime, version: (typeof METADATA_VERSIONS)[number]): Uint8Array {
  const lookup = createLookup();
  const pallets = runtime.pallets.map((pallet) => palletOf(lookup, pallet));
  const signedExtensions = SIGNED_EXTENSIONS.map(({ identifier, type, additional }) => ({
    identifier,
    type: lookup.id(type),
    additionalSigned: lookup.id(additional),
  }));
  const type = lookup.id(newtype("node_subtensor_runtime::Runtime", tuple()));
  const shared = { pallets, type };
  const value =
    version === 14
      ? {
          ...shared,
          extrinsic: {
            type: lookup.id(extrinsicType(runtime.call)),
            version: EXTRINSIC_VERSION,
            signedExtensions,
          },
        }
      : {
          ...shared,
          extrinsic: {
            version: EXTRINSIC_VERSION,
            address: lookup.id(multiAddress),
            call: lookup.id(runtime.call),
            signature: lookup.id(multiSignature),
            extra: lookup.id(extraType),
            signedExtensions,
          },
          apis: apisOf(lookup, runtime),
          outerEnums: {
            call: lookup.id(runtime.call),
            event: lookup.id(runtime.event),
            error: lookup.id(runtime.error),
          },
          custom: [],
        };
  // Last: all that came before has added its types.
  const whole = { ...value, lookup: lookup.entries() };
  return metadata.enc({
    magicNumber: MAGIC,
    metadata: { tag: `v${version}`, value: whole },
  } as unknown as Parameters<typeof metadata.enc>[0]);
}

function palletOf(lookup: Lookup, pallet: Pallet) {
  const id = (type: AnyType | null) => (type === null ? undefined : lookup.id(type));
  return {
    name: pallet.name,
    storage:
      pallet.storage.length === 0
        ? undefined
        : { prefix: pallet.name, items: pallet.storage.map((item) => itemOf(lookup, item)) },
    calls: id(callsOf(pallet)),
    events: id(eventsOf(pallet)),
    constants: pallet.constants.map(({ name, type, value }) => ({
      name,
      type: lookup.id(type),
      value: bytesToHex(type.codec.enc(value)),
      docs: [],
    })),
    errors: id(errorsOf(pallet)),
    index: pallet.index,
    docs: [],
  };
}

function itemOf(lookup: Lookup, { name, keys, value, fallback }: StorageItem) {
  const key = keys.length === 1 ? keys[0]?.[1] : tuple(...keys.map(([, type]) => type));
  return {
    name,
    // 0: optional; 1: reads as its default.
    modifier: fallback === undefined ? 0 : 1,
    type:
      keys.length === 0 || key === undefined
        ? { tag: "plain", value: lookup.id(value) }
        : {
            tag: "map",
            value: {
              hashers: keys.map(([hasher]) => ({ tag: hasher, value: undefined })),
              key: lookup.id(key),
              value: lookup.id(value),
            },
          },
    fallback: fallback === undefined ? "0x00" : bytesToHex(value.codec.enc(fallback)),
    docs: [],
  };
}

function apisOf(lookup: Lookup, { apis }: Runtime) {
  return apis.map(({ name, methods }) => ({
    name,
    docs: [],
    methods: methods.map((method) => ({
      name: method.name,
      inputs: Object.entries(method.inputs).map(([input, type]) => ({ name: input, type: lookup.id(type) })),
      output: lookup.id(method.output),
      docs: [],
    })),
  }));
}
