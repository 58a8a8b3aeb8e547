import { S3Error } from "./error.ts";

/** No room: as Amazon would have to say it (500), or as MinIO does (507). */
export function storageFull(status: number): S3Error {
  if (status === 507) return new S3Error("XMinioStorageFull");
  return new S3Error("InternalError", {
    message: "We encountered an internal error. No space left on device.",
  });
}
