import { timingSafeEqual } from "node:crypto";
import { S3Error } from "../error.ts";
import type { Scope } from "./scope.ts";

const hexBytes = (text: string) => (Buffer.from(text).toString("hex").match(/../g) ?? []).join(" ");

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** 403 with all that its reader needs to find the difference, as S3 shows it. */
export function signatureDoesNotMatch(
  { accessKey }: Scope,
  given: string,
  toSign: string,
  canonical: string | null,
): S3Error {
  return new S3Error("SignatureDoesNotMatch", {
    fields: {
      AWSAccessKeyId: accessKey,
      StringToSign: toSign,
      SignatureProvided: given,
      StringToSignBytes: hexBytes(toSign),
      CanonicalRequest: canonical,
      CanonicalRequestBytes: canonical === null ? null : hexBytes(canonical),
    },
  });
}
