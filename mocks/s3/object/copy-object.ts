import type { MockResponse } from "../../core/http.ts";
import { bucketOf, keyOf } from "../access.ts";
import { S3Error, invalidArgument } from "../error.ts";
import { errorIn200 } from "../error-in-200.ts";
import { shownEtag } from "../etag-fault.ts";
import { algorithmOf, checksumFields, checksumOf, md5Of } from "../payload/checksum.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { etagOf } from "../store/object.ts";
import type { StoredObject } from "../store/object.ts";
import { isoSeconds } from "../text.ts";
import { copySource } from "./copy-source.ts";
import { checkKey, checkWriteHeaders, keptHeaders, storageClassOf } from "./headers.ts";

/** @throws S3Error */
export function copyObject(call: AllowedCall): MockResponse {
  const { service, request, target } = call;
  const to = bucketOf(call);
  const key = keyOf(call);
  checkKey(key);
  checkWriteHeaders(call, request.headers);
  const { bucket, object } = copySource(call);
  const directive = request.headers["x-amz-metadata-directive"] ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE")
    throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
  const same = bucket === target.bucket && object.key === key;
  if (same && directive === "COPY" && request.headers["x-amz-storage-class"] === undefined)
    throw new S3Error("InvalidRequest", {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  const failed = errorIn200(call);
  if (failed !== null) return failed;
  const algorithm =
    algorithmOf(request.headers["x-amz-checksum-algorithm"]) ?? object.checksum?.algorithm ?? "crc64nvme";
  const copy: StoredObject = {
    ...object,
    key,
    etag: etagOf(md5Of(object.pieces)),
    modifiedMs: service.world.clock.wallMs(),
    storageClass: storageClassOf(request.headers),
    checksum: checksumOf(algorithm, object.pieces),
    headers: directive === "COPY" ? object.headers : keptHeaders(request.headers),
  };
  service.store.put(to, copy);
  return xmlReply("CopyObjectResult", {
    LastModified: isoSeconds(copy.modifiedMs),
    ETag: shownEtag(call, copy.etag),
    ...checksumFields(copy.checksum),
  });
}
