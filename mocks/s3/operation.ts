import type { MockRequest } from "../core/http.ts";
import type { Target } from "./target.ts";

export type Operation =
  | "ListBuckets"
  | "CreateBucket"
  | "HeadBucket"
  | "DeleteBucket"
  | "GetBucketLocation"
  | "GetBucketVersioning"
  | "ListObjects"
  | "ListObjectsV2"
  | "ListMultipartUploads"
  | "DeleteObjects"
  | "PostObject"
  | "PutObject"
  | "CopyObject"
  | "GetObject"
  | "HeadObject"
  | "DeleteObject"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "UploadPartCopy"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "ListParts"
  | "Preflight";

/** Query names that choose another operation, and which the mock does not know. */
const SUBRESOURCES = [
  "accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle logging",
  "metrics notification object-lock ownershipControls partNumber policy policyStatus publicAccessBlock replication",
  "requestPayment restore retention select session tagging torrent uploadId uploads versionId versions website",
  "delete location versioning metadataTable metadataConfiguration renameObject append",
]
  .join(" ")
  .split(" ");

/** The operation's name in Amazon's API reference; null: none that the mock knows. */
export function operationOf(
  { method, headers }: MockRequest,
  { bucket, key }: Target,
  query: URLSearchParams,
): Operation | null {
  if (method === "OPTIONS") return "Preflight";
  const asked = SUBRESOURCES.filter((name) => query.has(name));
  const copies = headers["x-amz-copy-source"] !== undefined;
  const place = bucket === null ? "service" : key === null ? "bucket" : "object";
  const question = [method, place, ...asked].join(" ");
  switch (question) {
    case "GET service":
      return "ListBuckets";
    case "PUT bucket":
      return "CreateBucket";
    case "HEAD bucket":
      return "HeadBucket";
    case "DELETE bucket":
      return "DeleteBucket";
    case "GET bucket location":
      return "GetBucketLocation";
    case "GET bucket versioning":
      return "GetBucketVersioning";
    case "GET bucket uploads":
      return "ListMultipartUploads";
    case "GET bucket":
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    case "POST bucket delete":
      return "DeleteObjects";
    case "POST bucket":
      return "PostObject";
    case "PUT object":
      return copies ? "CopyObject" : "PutObject";
    case "GET object":
      return "GetObject";
    case "HEAD object":
      return "HeadObject";
    case "DELETE object":
      return "DeleteObject";
    case "POST object uploads":
      return "CreateMultipartUpload";
    case "PUT object partNumber uploadId":
      return copies ? "UploadPartCopy" : "UploadPart";
    case "POST object uploadId":
      return "CompleteMultipartUpload";
    case "DELETE object uploadId":
      return "AbortMultipartUpload";
    case "GET object uploadId":
      return "ListParts";
    default:
      return null;
  }
}

/** Operations that add bytes. */
export const WRITES: ReadonlySet<Operation | null> = new Set<Operation>([
  "PutObject",
  "PostObject",
  "CopyObject",
  "UploadPart",
  "UploadPartCopy",
  "CompleteMultipartUpload",
]);
