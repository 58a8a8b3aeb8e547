import { sha256Hex } from "../auth/canonical.ts";
import type { Identity } from "../auth/authorize.ts";
import { S3Error, invalidArgument } from "../error.ts";
import { faultFor } from "../service.ts";
import type { Call } from "../service.ts";
import { badChecksum, checksumOf, claimedChecksum, md5Of } from "./checksum.ts";
import type { Checksum } from "./checksum.ts";
import { decodeChunks } from "./chunked.ts";
import type { Decoded } from "./chunked.ts";

/** A body as it was meant, checked by all that came with it. */
export interface Payload {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly md5: Buffer;
  /** The additional check sum that the client sent. */
  readonly checksum: Checksum | null;
}

/** @throws S3Error */
export function readPayload(call: Call, identity: Identity): Payload {
  const { headers } = call.request;
  const { pieces, trailers } = unpack(call, identity);
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const md5 = md5Of(pieces);
  checkMd5(headers["content-md5"], md5);
  const claim = claimedChecksum({ ...headers, ...trailers });
  if (claim === null) {
    if (headers["x-amz-sdk-checksum-algorithm"] !== undefined)
      throw new S3Error("InvalidRequest", {
        message:
          "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
      });
    return { pieces, bytes, md5, checksum: null };
  }
  const checksum = checksumOf(claim.algorithm, pieces);
  const bad = faultFor(call, "checksum.trailerBad", "on", "upload");
  if (bad || checksum.value !== claim.value) throw badChecksum(claim.algorithm);
  return { pieces, bytes, md5, checksum };
}

function unpack({ request }: Call, { payloadHash, chain }: Identity): Decoded {
  switch (payloadHash) {
    case "UNSIGNED-PAYLOAD":
      return { pieces: [request.body], trailers: {} };
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      return streamed(request.headers, decodeChunks(request.body, null));
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
      return streamed(request.headers, decodeChunks(request.body, chain));
  }
  if (!/^[0-9a-f]{64}$/i.test(payloadHash))
    throw invalidArgument(
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
      "x-amz-content-sha256",
      payloadHash,
    );
  const real = sha256Hex(request.body);
  if (real !== payloadHash.toLowerCase())
    throw new S3Error("XAmzContentSHA256Mismatch", {
      fields: { ClientComputedContentSHA256: payloadHash, S3ComputedContentSHA256: real },
    });
  return { pieces: [request.body], trailers: {} };
}

/** Holds a decoded stream against what its head announced. @throws MissingContentLength, IncompleteBody, MalformedTrailerError */
function streamed(headers: Readonly<Record<string, string>>, decoded: Decoded): Decoded {
  const announced = headers["x-amz-decoded-content-length"];
  if (announced === undefined) throw new S3Error("MissingContentLength");
  if (decoded.pieces.reduce((sum, piece) => sum + piece.length, 0) !== Number(announced))
    throw new S3Error("IncompleteBody");
  const wanted = (headers["x-amz-trailer"] ?? "").split(",").filter((name) => name.trim() !== "");
  const known = new Set(Object.keys(decoded.trailers).filter((name) => name !== "x-amz-trailer-signature"));
  if (wanted.length !== known.size || wanted.some((name) => !known.has(name.trim().toLowerCase())))
    throw new S3Error("MalformedTrailerError");
  return decoded;
}

function checkMd5(claimed: string | undefined, md5: Buffer): void {
  if (claimed === undefined) return;
  if (Buffer.from(claimed, "base64").length !== 16) throw new S3Error("InvalidDigest");
  if (claimed !== md5.toString("base64"))
    throw new S3Error("BadDigest", {
      fields: { ExpectedDigest: claimed, CalculatedDigest: md5.toString("base64") },
    });
}
