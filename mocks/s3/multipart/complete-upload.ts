import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { S3Error } from "../error.ts";
import { errorIn200 } from "../error-in-200.ts";
import { shownEtag } from "../etag-fault.ts";
import { locationOf } from "../location.ts";
import { checkWriteConditions } from "../object/conditions.ts";
import { ALGORITHM_NAMES, badChecksum, checksumFields, claimedChecksum, md5Of } from "../payload/checksum.ts";
import { readPayload } from "../payload/payload.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { etagOf } from "../store/object.ts";
import type { StoredObject } from "../store/object.ts";
import type { Part, Upload } from "../store/upload.ts";
import { readXml } from "../xml.ts";
import { findUpload } from "./find-upload.ts";
import { uploadChecksum } from "./upload-checksum.ts";

/** "Amazon S3 multipart upload limits": every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** @throws S3Error */
export function completeUpload(call: AllowedCall): MockResponse {
  const { service, request } = call;
  const upload = findUpload(call);
  const bucket = bucketOf(call);
  checkWriteConditions(request.headers, upload.key, bucket.objects.get(upload.key));
  const body = readPayload(
    { ...call, request: { ...request, headers: ofTheBody(request.headers) } },
    call.identity,
  );
  const parts = chosenParts(upload, readXml(Buffer.concat(body.pieces), "CompleteMultipartUpload"));
  const checksum = uploadChecksum(upload, parts);
  const claim = claimedChecksum(request.headers);
  if (claim !== null && claim.value.replace(/-\d+$/, "") !== checksum.value.replace(/-\d+$/, ""))
    throw badChecksum(claim.algorithm);
  const failed = errorIn200(call);
  if (failed !== null) return failed;
  const object: StoredObject = {
    key: upload.key,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    etag: etagOf(md5Of(parts.map(({ md5 }) => md5)), parts.length),
    modifiedMs: service.world.clock.wallMs(),
    storageClass: upload.storageClass,
    checksum,
    pieces: parts.flatMap(({ pieces }) => pieces),
    headers: upload.headers,
  };
  service.store.closeUpload(bucket, upload);
  service.store.put(bucket, object);
  return xmlReply("CompleteMultipartUploadResult", {
    Location: locationOf(bucket, object.key),
    Bucket: bucket.name,
    Key: object.key,
    ETag: shownEtag(call, object.etag),
    ...checksumFields(checksum),
  });
}

/** Here a check sum's header is of the object, and not of the document that comes with it. */
function ofTheBody(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
}

/** The parts that the document names. @throws MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function chosenParts(upload: Upload, asked: Readonly<Record<string, unknown>>): Part[] {
  const list = asked["Part"] as readonly Readonly<Record<string, unknown>>[] | undefined;
  if (list === undefined || list.length > 10_000) throw new S3Error("MalformedXML");
  const named = list.map((entry) => {
    const number = Number(entry["PartNumber"]);
    const etag = String(entry["ETag"] ?? "")
      .trim()
      .replaceAll('"', "");
    if (!Number.isInteger(number) || etag === "") throw new S3Error("MalformedXML");
    return { number, etag, entry };
  });
  if (named.some(({ number }, at) => at > 0 && number <= (named[at - 1]?.number ?? 0)))
    throw new S3Error("InvalidPartOrder", { fields: { UploadId: upload.id } });
  return named.map(({ number, etag, entry }, at) => {
    const part = upload.parts.get(number);
    if (part === undefined || part.etag !== `"${etag}"`)
      throw new S3Error("InvalidPart", { fields: { UploadId: upload.id, PartNumber: number, ETag: etag } });
    for (const algorithm of ALGORITHM_NAMES) {
      const claimed = entry[`Checksum${algorithm.toUpperCase()}`];
      if (claimed !== undefined && part.checksum?.algorithm === algorithm && part.checksum.value !== claimed)
        throw new S3Error("InvalidPart", { fields: { UploadId: upload.id, PartNumber: number, ETag: etag } });
    }
    if (at < list.length - 1 && part.bytes < MIN_PART_BYTES)
      throw new S3Error("EntityTooSmall", {
        fields: { ProposedSize: part.bytes, MinSizeAllowed: MIN_PART_BYTES, PartNumber: number, ETag: etag },
      });
    return part;
  });
}
