import type { MockResponse } from "../../core/http.ts";
import { bucketOf, mayUse } from "../access.ts";
import { S3Error } from "../error.ts";
import { regionOf } from "../region.ts";
import { emptyReply, xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { isoSeconds } from "../text.ts";

/** Who is shown as the owner: one account holds everything. */
export const OWNER = {
  ID: "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a",
  DisplayName: "owner",
};

/** The buckets that the credentials open, by name. */
export function listBuckets(call: AllowedCall): MockResponse {
  const buckets = [...call.service.store.buckets.values()]
    .filter(({ name }) => mayUse(call, call.identity, name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return xmlReply("ListAllMyBucketsResult", {
    Owner: OWNER,
    Buckets: {
      Bucket: buckets.map(({ name, createdMs }) => ({ Name: name, CreationDate: isoSeconds(createdMs) })),
    },
  });
}

export function headBucket(call: AllowedCall): MockResponse {
  return emptyReply(200, {
    "content-type": "application/xml",
    "x-amz-bucket-region": regionOf(call) ?? bucketOf(call).region,
    "x-amz-access-point-alias": "false",
  });
}

/** @throws BucketNotEmpty */
export function deleteBucket(call: AllowedCall): MockResponse {
  const bucket = bucketOf(call);
  if (bucket.objects.size > 0 || bucket.uploads.size > 0)
    throw new S3Error("BucketNotEmpty", { fields: { BucketName: bucket.name } });
  call.service.store.deleteBucket(bucket.name);
  return emptyReply(204);
}

/** us-east-1 is shown as nothing. */
export function getBucketLocation(call: AllowedCall): MockResponse {
  const moved = call.service.world.faults.standing("bucket.wrongRegion", call.exchange.subject);
  const region = moved === null ? bucketOf(call).region : String(moved.params["region"]);
  return xmlReply("LocationConstraint", region === "us-east-1" ? null : region);
}

/** Never versioned: an empty document. */
export function getBucketVersioning(): MockResponse {
  return xmlReply("VersioningConfiguration", null);
}
