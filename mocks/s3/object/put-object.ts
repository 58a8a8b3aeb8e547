import type { MockResponse } from "../../core/http.ts";
import { bucketOf, keyOf } from "../access.ts";
import { shownEtag } from "../etag-fault.ts";
import { checksumHeaders, checksumOf } from "../payload/checksum.ts";
import { readPayload } from "../payload/payload.ts";
import { emptyReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { etagOf, ownPieces } from "../store/object.ts";
import type { StoredObject } from "../store/object.ts";
import { checkWriteConditions } from "./conditions.ts";
import { checkKey, checkWriteHeaders, keptHeaders, storageClassOf } from "./headers.ts";

/** @throws S3Error */
export function putObject(call: AllowedCall): MockResponse {
  const { service, request } = call;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  checkKey(key);
  checkWriteHeaders(call, request.headers);
  checkWriteConditions(request.headers, key, bucket.objects.get(key));
  const payload = readPayload(call, call.identity);
  const object: StoredObject = {
    key,
    bytes: payload.bytes,
    etag: etagOf(payload.md5),
    modifiedMs: service.world.clock.wallMs(),
    storageClass: storageClassOf(request.headers),
    // Since 2024 every object has one, the client's or S3's own.
    checksum: payload.checksum ?? checksumOf("crc64nvme", payload.pieces),
    pieces: ownPieces(payload.pieces),
    headers: keptHeaders(request.headers),
  };
  service.store.put(bucket, object);
  return emptyReply(200, {
    etag: shownEtag(call, object.etag),
    "x-amz-server-side-encryption": "AES256",
    ...checksumHeaders(object.checksum),
  });
}
