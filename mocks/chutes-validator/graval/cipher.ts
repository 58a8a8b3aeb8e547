import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Device } from "../worker/devices.ts";

/**
 * The shape of GraVal's cipher: base64 of 16 bytes of IV and the ciphertext. The real one spends minutes on the very GPU
 * that device and seed name; here anybody can work out the key from them (HKDF-SHA256, AES-256-CTR), so it proves nothing.
 */

const IV_BYTES = 16;

type Identity = Pick<Device, "uuid" | "name" | "memory" | "processors">;

function keyOf({ uuid, name, memory, processors }: Identity, seed: number): Buffer {
  const identity = `${seed}|${uuid}|${name}|${memory}|${processors}`;
  return Buffer.from(hkdfSync("sha256", identity, "", "graval-stand-in", 32));
}

/** The IV is a function of the key, so that equal lives have equal bytes. */
export function encrypt(device: Identity, seed: number, plaintext: Uint8Array): string {
  const key = keyOf(device, seed);
  const iv = Buffer.from(hkdfSync("sha256", key, "", "iv", IV_BYTES));
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final()]).toString("base64");
}

/** Garbage when device or seed are not the ones it was encrypted for; null for what is too short. */
export function decrypt(device: Identity, seed: number, text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < IV_BYTES) return null;
  const decipher = createDecipheriv("aes-256-ctr", keyOf(device, seed), bytes.subarray(0, IV_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
}
