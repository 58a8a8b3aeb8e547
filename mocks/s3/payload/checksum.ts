import { createHash } from "node:crypto";
import { S3Error } from "../error.ts";
import { crc32Bytes, crc32cBytes, crc64nvmeBytes } from "./crc.ts";

type Pieces = readonly Uint8Array[];

const hash = (name: string) => (pieces: Pieces) => {
  const digest = createHash(name);
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
};

/** Name in headers → what computes it, and the bytes of its value. */
const ALGORITHMS = {
  crc32: { compute: crc32Bytes, bytes: 4 },
  crc32c: { compute: crc32cBytes, bytes: 4 },
  crc64nvme: { compute: crc64nvmeBytes, bytes: 8 },
  sha1: { compute: hash("sha1"), bytes: 20 },
  sha256: { compute: hash("sha256"), bytes: 32 },
} as const satisfies Record<string, { compute(pieces: Pieces): Buffer; bytes: number }>;

export type Algorithm = keyof typeof ALGORITHMS;
export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as Algorithm[];
const PREFIX = "x-amz-checksum-";

/** One additional check sum of an object or part. */
export interface Checksum {
  readonly algorithm: Algorithm;
  /** Base64; of a composite one with `-N` behind it. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

export function checksumOf(algorithm: Algorithm, pieces: Pieces): Checksum {
  return { algorithm, value: ALGORITHMS[algorithm].compute(pieces).toString("base64"), type: "FULL_OBJECT" };
}

export const md5Of = hash("md5");

/** `CRC32`, `crc32`: null for none or an unknown one. */
export function algorithmOf(text: string | undefined): Algorithm | null {
  return ALGORITHM_NAMES.find((name) => name === text?.toLowerCase()) ?? null;
}

/** The check sum that headers or trailers announce: `x-amz-checksum-crc32: …`. @throws InvalidRequest */
export function claimedChecksum(
  headers: Readonly<Record<string, string>>,
): { algorithm: Algorithm; value: string } | null {
  const claims = ALGORITHM_NAMES.flatMap((algorithm) => {
    const value = headers[PREFIX + algorithm];
    return value === undefined ? [] : [{ algorithm, value: value.trim() }];
  });
  const [claim, second] = claims;
  if (claim === undefined) return null;
  if (second !== undefined)
    throw new S3Error("InvalidRequest", {
      message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  if (Buffer.from(claim.value, "base64").length !== ALGORITHMS[claim.algorithm].bytes)
    throw new S3Error("InvalidRequest", {
      message: `Value for ${PREFIX}${claim.algorithm} header is invalid.`,
    });
  return claim;
}

export function badChecksum(algorithm: Algorithm): S3Error {
  return new S3Error("BadDigest", {
    message: `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  });
}

/** `x-amz-checksum-…` and its type for a response. */
export function checksumHeaders(checksum: Checksum | null): Record<string, string> {
  if (checksum === null) return {};
  return { [PREFIX + checksum.algorithm]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** `ChecksumCRC32` and its type for a document. */
export function checksumFields(checksum: Checksum | null): Record<string, string> {
  if (checksum === null) return {};
  return {
    [`Checksum${checksum.algorithm.toUpperCase()}`]: checksum.value,
    ChecksumType: checksum.type,
  };
}
