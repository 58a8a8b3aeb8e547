import { parseScope } from "./auth/scope.ts";
import { S3Error } from "./error.ts";
import type { Call } from "./service.ts";

/** Where the bucket is, and so what its requests must be signed for; null: any region will do. */
export function regionOf({ service, target, operation, exchange }: Call): string | null {
  if (target.bucket === null || operation === "CreateBucket" || operation === "GetBucketLocation")
    return null;
  const moved = service.world.faults.standing("bucket.wrongRegion", exchange.subject);
  if (moved !== null) return String(moved.params["region"]);
  return service.store.buckets.get(target.bucket)?.region ?? null;
}

/** Sends who signs for another region than the bucket's away. @throws PermanentRedirect, NoSuchBucket */
export function checkRegion(call: Call): void {
  const { service, target, operation, exchange } = call;
  if (target.bucket === null || operation === "CreateBucket") return;
  if (exchange.fault("bucket.missing") !== null)
    throw new S3Error("NoSuchBucket", { fields: { BucketName: target.bucket } });
  const moved = service.world.faults.standing("bucket.wrongRegion", exchange.subject);
  if (moved === null || operation === "GetBucketLocation") return;
  const region = String(moved.params["region"]);
  if (signedRegion(call) === region || exchange.fault("bucket.wrongRegion") === null) return;
  throw new S3Error("PermanentRedirect", {
    fields: { Endpoint: `${target.bucket}.s3.${region}.amazonaws.com`, Bucket: target.bucket },
    headers: { "x-amz-bucket-region": region },
  });
}

function signedRegion({ request, query }: Call): string | null {
  const inHeader = /Credential=([^,\s]+)/.exec(request.headers["authorization"] ?? "")?.[1];
  return parseScope(inHeader ?? query.get("X-Amz-Credential") ?? "")?.region ?? null;
}
