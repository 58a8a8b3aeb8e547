import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { OWNER } from "../bucket/buckets.ts";
import { invalidArgument } from "../error.ts";
import { readListQuestion } from "../list/question.ts";
import { checksumFields } from "../payload/checksum.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { isoSeconds } from "../text.ts";
import { findUpload } from "./find-upload.ts";

/** @throws NoSuchUpload, InvalidArgument */
export function listParts(call: AllowedCall): MockResponse {
  const upload = findUpload(call);
  const { maxKeys, shown } = readListQuestion(call, "max-parts");
  const marker = call.query.get("part-number-marker") ?? "0";
  if (!/^\d{1,9}$/.test(marker))
    throw invalidArgument(
      "Provided part-number-marker not an integer or within integer range",
      "part-number-marker",
      marker,
    );
  const rest = [...upload.parts].filter(([number]) => number > Number(marker)).toSorted(([a], [b]) => a - b);
  const page = rest.slice(0, maxKeys);
  return xmlReply("ListPartsResult", {
    Bucket: bucketOf(call).name,
    Key: shown(upload.key),
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
    MaxParts: maxKeys,
    IsTruncated: rest.length > page.length,
    Initiator: OWNER,
    Owner: OWNER,
    StorageClass: upload.storageClass,
    ChecksumAlgorithm: upload.checksum?.algorithm.toUpperCase(),
    ChecksumType: upload.checksum?.type,
    Part: page.map(([number, { etag, bytes, modifiedMs, checksum }]) => ({
      PartNumber: number,
      LastModified: isoSeconds(modifiedMs),
      ETag: etag,
      Size: bytes,
      ...checksumFields(checksum),
      ChecksumType: null,
    })),
  });
}
