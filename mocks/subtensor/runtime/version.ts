import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex, textToHex } from "../scale/hex.ts";

/** Versions of the runtime APIs that clients look at; polkadot.js warns without Core, Metadata, BlockBuilder. */
const API_VERSIONS: Readonly<Record<string, number>> = {
  Core: 5,
  Metadata: 2,
  BlockBuilder: 6,
  TaggedTransactionQueue: 3,
  AccountNonceApi: 1,
  TransactionPaymentApi: 4,
  SubnetInfoRuntimeApi: 2,
  NeuronInfoRuntimeApi: 1,
  DelegateInfoRuntimeApi: 1,
  StakeInfoRuntimeApi: 1,
  SubnetRegistrationRuntimeApi: 1,
  SwapRuntimeApi: 1,
};

/** An API is named by eight bytes of its name's Blake2 hash. */
const apis = Object.entries(API_VERSIONS).map(
  ([name, version]) => [bytesToHex(blake2b(Buffer.from(name), { dkLen: 8 })), version] as [string, number],
);

/** As RPC shows it. */
export function versionJson(specVersion: number) {
  return {
    specName: "node-subtensor",
    implName: "node-subtensor",
    authoringVersion: 1,
    specVersion,
    implVersion: 1,
    apis,
    transactionVersion: TRANSACTION_VERSION,
    systemVersion: 1,
    stateVersion: 1,
  };
}

/** As the constant System.Version holds it. */
export function versionValue(specVersion: number) {
  const spec_name = textToHex("node-subtensor");
  return {
    spec_name,
    impl_name: spec_name,
    authoring_version: 1,
    spec_version: specVersion,
    impl_version: 1,
    apis: [...apis],
    transaction_version: TRANSACTION_VERSION,
    system_version: 1,
  };
}

export const TRANSACTION_VERSION = 1;
