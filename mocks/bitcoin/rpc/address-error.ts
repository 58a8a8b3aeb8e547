import { hash } from "node:crypto";
import { base58, bech32, bech32m, createBase58check } from "@scure/base";
import type { Network } from "../networks.ts";

/** Beyond this Core does not even try (key_io.cpp, bech32.h). */
const MAX_BASE58_BYTES = 100;
const MAX_BECH32_CHARS = 90;

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CHECKED = createBase58check((bytes: Uint8Array) => hash("sha256", bytes, "buffer"));

/** What is wrong, and at which characters where that is known. */
interface AddressError {
  readonly error: string;
  readonly error_locations: readonly number[];
}

/** Why this is no address of the network, in the words of Core 29.0 (key_io.cpp, bech32.cpp). */
export function addressError(text: string, { address }: Network): AddressError {
  const isSegwit = text.toLowerCase().startsWith(address.bech32);
  if (!isSegwit) return plain(base58Error(text, address));
  const form = [bech32, bech32m].find(({ decodeUnsafe }) => decodeUnsafe(text) !== undefined);
  return form === undefined ? checkSumError(text) : plain(segwitError(text, form, address.bech32));
}

const plain = (error: string): AddressError => ({ error, error_locations: [] });

function base58Error(text: string, { pubKeyHash, scriptHash }: Network["address"]): string {
  const bytes = text.length > 2 * MAX_BASE58_BYTES ? undefined : tried(() => base58.decode(text));
  if (bytes === undefined || bytes.length > MAX_BASE58_BYTES)
    return "Invalid or unsupported Segwit (Bech32) or Base58 encoding.";
  // Core reads at most 21 bytes before the check sum; a wrong sum and too many bytes are one to it.
  const payload = bytes.length > 25 ? undefined : tried(() => CHECKED.decode(text));
  if (payload === undefined) return "Invalid checksum or length of Base58 address (P2PKH or P2SH)";
  if (payload[0] === pubKeyHash || payload[0] === scriptHash)
    return "Invalid length for Base58 address (P2PKH or P2SH)";
  return "Invalid or unsupported Base58-encoded address.";
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

type Form = typeof bech32 | typeof bech32m;

function segwitError(text: string, form: Form, prefix: string): string {
  const decoded = form.decode(text as `${string}1${string}`);
  const [version, ...rest] = decoded.words;
  if (version === undefined) return "Empty Bech32 data section";
  if (decoded.prefix !== prefix)
    return `Invalid or unsupported prefix for Segwit (Bech32) address (expected ${prefix}, got ${decoded.prefix}).`;
  if (version === 0 && form !== bech32) return "Version 0 witness address must use Bech32 checksum";
  if (version !== 0 && form !== bech32m) return "Version 1+ witness address must use Bech32m checksum";
  const program = form.fromWordsUnsafe(rest);
  if (program === undefined) return "Invalid padding in Bech32 data section";
  const size = `${program.length} ${program.length === 1 ? "byte" : "bytes"}`;
  if (version === 0) return `Invalid Bech32 v0 address program size (${size}), per BIP141`;
  if (version > 16) return "Invalid Bech32 address witness version";
  return `Invalid Bech32 address program size (${size})`;
}

/** Core's order: length, characters, separator, alphabet, sum. It finds two wrong characters, this one only one. */
function checkSumError(text: string): AddressError {
  if (text.length > MAX_BECH32_CHARS) return plain("Bech32 string too long");
  const mixed = text !== text.toLowerCase() && text !== text.toUpperCase();
  if (mixed || !/^[\x21-\x7e]*$/.test(text)) return plain("Invalid character or mixed case");
  const at = text.lastIndexOf("1");
  if (at === -1) return plain("Missing separator");
  if (at === 0 || at + 6 >= text.length) return plain("Invalid separator position");
  const lower = text.toLowerCase();
  const foreign = [...lower].findIndex((one, index) => index > at && !ALPHABET.includes(one));
  if (foreign !== -1) return { error: "Invalid Base 32 character", error_locations: [foreign] };
  for (const form of [bech32, bech32m]) {
    const wrong = wrongCharacter(lower, at + 1, form);
    const name = form === bech32 ? "Bech32" : "Bech32m";
    if (wrong !== -1) return { error: `Invalid ${name} checksum`, error_locations: [wrong] };
  }
  return plain("Invalid checksum");
}

/** The one character from `start` on that must be another for the sum to be right; -1: no single one. */
function wrongCharacter(text: string, start: number, { decodeUnsafe }: Form): number {
  for (let at = start; at < text.length; at++)
    for (const other of ALPHABET)
      if (decodeUnsafe(text.slice(0, at) + other + text.slice(at + 1)) !== undefined) return at;
  return -1;
}
