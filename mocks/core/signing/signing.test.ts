import {
  decodeAddress,
  encodeAddress,
  keyExtractPath,
  keyFromPath,
  mnemonicToMiniSecret,
  signatureVerify,
  sr25519PairFromSeed,
  sr25519Sign,
} from "@polkadot/util-crypto";
import { cryptoWaitReady } from "@polkadot/util-crypto/crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { devKeypair, keypairFromSeed, sign, verify } from "./sr25519.ts";
import { ss58Decode, ss58Encode } from "./ss58.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const few = { numRuns: 15 };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

beforeAll(() => cryptoWaitReady());

describe("against @polkadot/util-crypto", () => {
  test("each checks what the other signed", () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ maxLength: 300 }), (seed, message) => {
        const ours = keypairFromSeed(seed);
        const theirs = sr25519PairFromSeed(seed);
        expect(hex(ours.publicKey)).toBe(hex(theirs.publicKey));
        expect(signatureVerify(message, `0x${sign(message, ours)}`, ours.address).isValid).toBe(true);
        expect(verify(message, hex(sr25519Sign(message, theirs)), encodeAddress(theirs.publicKey, 42))).toBe(
          true,
        );
      }),
      few,
    );
  });

  test("addresses of every prefix", () => {
    fc.assert(
      fc.property(bytes32, fc.integer({ min: 0, max: 16_383 }), (key, prefix) => {
        fc.pre(prefix !== 46 && prefix !== 47);
        const address = ss58Encode(key, prefix);
        expect(address).toBe(encodeAddress(key, prefix));
        expect(ss58Decode(address, prefix)).toEqual(decodeAddress(address, false, prefix));
      }),
      few,
    );
  });

  test("development keys", () => {
    const phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    const root = sr25519PairFromSeed(mnemonicToMiniSecret(phrase));
    for (const name of ["Alice", "Bob", "validator-1"]) {
      const theirs = keyFromPath(root, keyExtractPath(`//${name}`).path, "sr25519");
      expect(devKeypair(name).address).toBe(encodeAddress(theirs.publicKey, 42));
    }
    expect(devKeypair("Alice").address).toBe("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
  });
});

describe("verify", () => {
  const alice = devKeypair("Alice");
  const bob = devKeypair("Bob");

  test("takes what a wallet's extension has wrapped", () => {
    expect(verify("hello", sign("<Bytes>hello</Bytes>", alice), alice.address)).toBe(true);
    expect(verify("hello", `0x${sign("hello", alice)}`, alice.publicKey)).toBe(true);
  });

  test("refuses another signer, another message, a flipped bit, and what is no signature", () => {
    const signature = sign("hello", alice);
    const flipped = (signature.startsWith("0") ? "1" : "0") + signature.slice(1);
    expect(verify("hello", signature, bob.address)).toBe(false);
    expect(verify("hullo", signature, alice.address)).toBe(false);
    expect(verify("hello", flipped, alice.address)).toBe(false);
    for (const text of ["", "0x", "zz", "00".repeat(64), "ff".repeat(64), signature.slice(2)])
      expect(verify("hello", text, alice.address)).toBe(false);
    expect(verify("hello", signature, "5Grwva")).toBe(false);
  });

  test("the same signature for the same random bytes only", () => {
    const random = new Uint8Array(32).fill(7);
    expect(sign("hello", alice, random)).toBe(sign("hello", alice, random));
    expect(sign("hello", alice)).not.toBe(sign("hello", alice));
  });
});

test("an address of another prefix, with a wrong checksum or of no base58 is none", () => {
  const { address, publicKey } = devKeypair("Alice");
  expect(ss58Decode(ss58Encode(publicKey, 13))).toBeNull();
  expect(ss58Decode(`${address.slice(0, -1)}Z`)).toBeNull();
  for (const text of ["", "0OIl", "1", "5".repeat(1_000)]) expect(ss58Decode(text)).toBeNull();
});
