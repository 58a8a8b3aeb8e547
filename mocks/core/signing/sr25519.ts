import { getPublicKey, HDKD, secretFromSeed, sign as signBytes, verify as verifyBytes } from "@scure/sr25519";
import { ss58Decode, ss58Encode } from "./ss58.ts";

/** Signing and checking as Bittensor's hotkeys do it: sr25519 with the context `substrate`. */
export interface Keypair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** SS58, prefix 42. */
  readonly address: string;
  /** 64 bytes: scalar and nonce. */
  readonly secretKey: Uint8Array;
}

/** The mini-secret of the phrase that all of Substrate's development keys derive from (`//Alice`). */
const DEV_SEED = Buffer.from("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e", "hex");

/** Around a text that a wallet's extension has signed. */
const WRAPPED = { before: Buffer.from("<Bytes>"), after: Buffer.from("</Bytes>") } as const;

/** The pair of a 32-byte mini-secret. */
export function keypairFromSeed(seed: Uint8Array): Keypair {
  return pairOf(secretFromSeed(seed));
}

/** A well-known development key by its name: `Alice` for what the tools call `//Alice`. At most 31 characters. */
export function devKeypair(name: string): Keypair {
  // A junction is the SCALE encoding of the text, filled up with zeros to 32 bytes.
  const text = Buffer.from(name);
  const junction = new Uint8Array(32);
  junction[0] = text.length << 2;
  junction.set(text.subarray(0, 31), 1);
  return pairOf(HDKD.secretHard(secretFromSeed(DEV_SEED), junction));
}

/** 64 bytes as 128 hex characters. `random` (32 bytes) makes the signature reproducible; without it each differs. */
export function sign(message: string | Uint8Array, { secretKey }: Keypair, random?: Uint8Array): string {
  return Buffer.from(signBytes(secretKey, bytesOf(message), random)).toString("hex");
}

/**
 * Whether the signature (128 hex characters, `0x` allowed) is this signer's over the message, or over the message
 * between `<Bytes>` and `</Bytes>`. `signer`: an address with prefix 42, or a public key. False for what can't be read.
 */
export function verify(
  message: string | Uint8Array,
  signatureHex: string,
  signer: string | Uint8Array,
): boolean {
  const hex = signatureHex.startsWith("0x") ? signatureHex.slice(2) : signatureHex;
  const publicKey = typeof signer === "string" ? ss58Decode(signer) : signer;
  if (publicKey === null || publicKey.length !== 32 || !/^[0-9a-fA-F]{128}$/.test(hex)) return false;
  const plain = bytesOf(message);
  const wrapped = Buffer.concat([WRAPPED.before, plain, WRAPPED.after]);
  const signature = Buffer.from(hex, "hex");
  return [plain, wrapped].some((bytes) => holds(bytes, signature, publicKey));
}

/** The library throws for points and markers that no signer makes. */
function holds(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return verifyBytes(message, signature, publicKey);
  } catch {
    return false;
  }
}

function pairOf(secretKey: Uint8Array): Keypair {
  const publicKey = getPublicKey(secretKey);
  return { publicKey, secretKey, address: ss58Encode(publicKey) };
}

const bytesOf = (message: string | Uint8Array) =>
  typeof message === "string" ? Buffer.from(message) : message;
