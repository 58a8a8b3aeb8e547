import { createHash } from "node:crypto";
import type { MockRequest } from "../../core/http.ts";
import { uriEncode, uriEncodePath } from "../text.ts";
import type { Scope } from "./scope.ts";

/** "Create a canonical request", Signature Version 4 for S3: the path is encoded once and never normalised. */
export function canonicalRequest(
  { method, path, headers }: MockRequest,
  query: URLSearchParams,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const lines = signedHeaders.map(
    (name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/g, " ")}\n`,
  );
  return [
    method,
    uriEncodePath(decodeURIComponent(path)),
    canonicalQuery(query),
    lines.join(""),
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .toSorted()
    .join("&");
}

export function stringToSign(amzDate: string, scope: Scope, canonical: string): string {
  return ["AWS4-HMAC-SHA256", amzDate, scope.text, sha256Hex(canonical)].join("\n");
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
