import type { MockResponse } from "../../core/http.ts";
import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import { bucketOf, keyOf } from "../access.ts";
import { S3Error } from "../error.ts";
import { checkKey, checkWriteHeaders, keptHeaders, storageClassOf } from "../object/headers.ts";
import { algorithmOf } from "../payload/checksum.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import type { Upload } from "../store/upload.ts";

/** @throws S3Error */
export function createUpload(call: AllowedCall): MockResponse {
  const { service, request, exchange } = call;
  const { headers } = request;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  checkKey(key);
  checkWriteHeaders(call, headers);
  const upload: Upload = {
    id: randomText(exchange.random, 64, `${ALPHANUMERIC}._`),
    key,
    initiatedMs: service.world.clock.wallMs(),
    headers: keptHeaders(headers),
    storageClass: storageClassOf(headers),
    checksum: announcedChecksum(headers),
    parts: new Map(),
  };
  service.store.openUpload(bucket, upload);
  const { checksum } = upload;
  return xmlReply(
    "InitiateMultipartUploadResult",
    { Bucket: bucket.name, Key: key, UploadId: upload.id },
    {
      "x-amz-server-side-encryption": "AES256",
      ...(checksum === null
        ? {}
        : {
            "x-amz-checksum-algorithm": checksum.algorithm.toUpperCase(),
            "x-amz-checksum-type": checksum.type,
          }),
    },
  );
}

/** "Checking object integrity": which algorithms may be of the whole, and which of the parts. @throws InvalidRequest */
function announcedChecksum(headers: Readonly<Record<string, string>>): Upload["checksum"] {
  const name = headers["x-amz-checksum-algorithm"];
  if (name === undefined) return null;
  const algorithm = algorithmOf(name);
  if (algorithm === null)
    throw new S3Error("InvalidRequest", {
      message:
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    });
  const usual = algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE";
  const type = headers["x-amz-checksum-type"] ?? usual;
  const possible =
    algorithm === "crc64nvme"
      ? ["FULL_OBJECT"]
      : algorithm.startsWith("sha")
        ? ["COMPOSITE"]
        : ["FULL_OBJECT", "COMPOSITE"];
  if (!possible.includes(type))
    throw new S3Error("InvalidRequest", {
      message: `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    });
  return { algorithm, type: type === "FULL_OBJECT" ? "FULL_OBJECT" : "COMPOSITE" };
}
