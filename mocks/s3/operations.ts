import type { MockResponse } from "../core/http.ts";
import { createBucket } from "./bucket/create-bucket.ts";
import {
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from "./bucket/buckets.ts";
import { listObjects } from "./list/list-objects.ts";
import { listObjectsV2 } from "./list/list-objects-v2.ts";
import { abortUpload } from "./multipart/abort-upload.ts";
import { completeUpload } from "./multipart/complete-upload.ts";
import { createUpload } from "./multipart/create-upload.ts";
import { listParts } from "./multipart/list-parts.ts";
import { listUploads } from "./multipart/list-uploads.ts";
import { uploadPart, uploadPartCopy } from "./multipart/upload-part.ts";
import { copyObject } from "./object/copy-object.ts";
import { deleteObject } from "./object/delete-object.ts";
import { deleteObjects } from "./object/delete-objects.ts";
import { getObject, headObject } from "./object/get-object.ts";
import { putObject } from "./object/put-object.ts";
import type { Operation } from "./operation.ts";
import type { AllowedCall } from "./service.ts";

/** Everything that is asked with a signature of its own: forms bring theirs in the body. */
export const OPERATIONS: Readonly<
  Record<Exclude<Operation, "PostObject" | "Preflight">, (call: AllowedCall) => MockResponse>
> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListMultipartUploads: listUploads,
  DeleteObjects: deleteObjects,
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListParts: listParts,
};
