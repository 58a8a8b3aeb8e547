import { bucketOf, keyOf } from "../access.ts";
import { S3Error } from "../error.ts";
import type { AllowedCall } from "../service.ts";
import type { Upload } from "../store/upload.ts";

/** The upload that the request names. @throws NoSuchUpload */
export function findUpload(call: AllowedCall): Upload {
  const id = call.query.get("uploadId") ?? "";
  const bucket = bucketOf(call);
  const upload = bucket.uploads.get(id);
  if (upload !== undefined && call.exchange.fault("multipart.abort") !== null) {
    call.service.store.closeUpload(bucket, upload);
    throw new S3Error("NoSuchUpload", { fields: { UploadId: id } });
  }
  if (upload === undefined || upload.key !== keyOf(call))
    throw new S3Error("NoSuchUpload", { fields: { UploadId: id } });
  return upload;
}
