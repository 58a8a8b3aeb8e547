import { createHash } from "node:crypto";
import type { MockRequest } from "../../core/http.ts";

/** Header names, lower case as HTTP gives them (chutes-common constants.py). */
export const HEADERS = {
  hotkey: "x-chutes-hotkey",
  nonce: "x-chutes-nonce",
  signature: "x-chutes-signature",
} as const;

/** What a signed request shows; empty where it does not. */
export interface Signed {
  readonly hotkey: string;
  /** Unix seconds as text. */
  readonly nonce: string;
  readonly signature: string;
}

export function signedOf(headers: Readonly<Record<string, string>>): Signed {
  return {
    hotkey: headers[HEADERS.hotkey] ?? "",
    nonce: headers[HEADERS.nonce] ?? "",
    signature: headers[HEADERS.signature] ?? "",
  };
}

/** SHA-256 of the body in hex, or null for a method that has none: the server decides by the method, not by the length. */
export function bodyHash({ method, body }: MockRequest): string | null {
  if (!["POST", "PUT", "PATCH"].includes(method)) return null;
  return createHash("sha256").update(body).digest("hex");
}
