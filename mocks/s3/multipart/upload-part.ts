import type { MockResponse } from "../../core/http.ts";
import { S3Error, invalidArgument } from "../error.ts";
import { shownEtag } from "../etag-fault.ts";
import { copySource } from "../object/copy-source.ts";
import { readRange } from "../object/range.ts";
import { checksumFields, checksumOf, md5Of } from "../payload/checksum.ts";
import { readPayload } from "../payload/payload.ts";
import { emptyReply, xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { etagOf, ownPieces, slicePieces } from "../store/object.ts";
import type { Part, Upload } from "../store/upload.ts";
import { isoSeconds } from "../text.ts";
import { findUpload } from "./find-upload.ts";

/** @throws S3Error */
export function uploadPart(call: AllowedCall): MockResponse {
  const upload = findUpload(call);
  const { pieces, md5, bytes, checksum } = readPayload(call, call.identity);
  const part = partOf(call, upload, { pieces: ownPieces(pieces), md5, bytes, checksum });
  return emptyReply(200, {
    etag: shownEtag(call, part.etag),
    "x-amz-server-side-encryption": "AES256",
    ...(part.checksum === null ? {} : { [`x-amz-checksum-${part.checksum.algorithm}`]: part.checksum.value }),
  });
}

/** @throws S3Error */
export function uploadPartCopy(call: AllowedCall): MockResponse {
  const upload = findUpload(call);
  const { object } = copySource(call);
  const range = readRange(call.request.headers["x-amz-copy-source-range"], object.bytes);
  const { from, to } = range ?? { from: 0, to: object.bytes };
  const pieces = slicePieces(object.pieces, from, to);
  const part = partOf(call, upload, { pieces, bytes: to - from, md5: md5Of(pieces), checksum: null });
  return xmlReply("CopyPartResult", {
    LastModified: isoSeconds(part.modifiedMs),
    ETag: shownEtag(call, part.etag),
    ...checksumFields(part.checksum),
    ChecksumType: null,
  });
}

/** Stores it, unless it gets lost. @throws InvalidArgument, InvalidRequest, XMinioStorageFull */
function partOf(
  call: AllowedCall,
  upload: Upload,
  given: Pick<Part, "pieces" | "bytes" | "md5" | "checksum">,
): Part {
  const { service, query, exchange } = call;
  const number = query.get("partNumber") ?? "";
  if (!/^\d{1,5}$/.test(number) || Number(number) < 1 || Number(number) > 10_000)
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      number,
    );
  const announced = upload.checksum?.algorithm;
  if (given.checksum !== null && announced !== undefined && given.checksum.algorithm !== announced)
    throw new S3Error("InvalidRequest", {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${announced}, actual checksum Type: ${given.checksum.algorithm}`,
    });
  const part: Part = {
    ...given,
    etag: etagOf(given.md5),
    modifiedMs: service.world.clock.wallMs(),
    checksum: given.checksum ?? (announced === undefined ? null : checksumOf(announced, given.pieces)),
  };
  if (exchange.fault("multipart.lostPart") === null) service.store.putPart(upload, Number(number), part);
  return part;
}
