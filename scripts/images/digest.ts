import { createHash } from "node:crypto";

/** Twelve hexadecimal digits that change when any of the parts does. */
export function digestOf(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest("hex").slice(0, 12);
}
