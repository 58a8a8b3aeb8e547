import type { Identity } from "./auth/authorize.ts";
import { S3Error } from "./error.ts";
import type { Call } from "./service.ts";
import type { Bucket } from "./store/bucket.ts";

/** May these credentials use this bucket? Buckets that do not exist are judged by their name. */
export function mayUse({ service }: Call, { tenant }: Identity, name: string): boolean {
  if (service.settings.anonymous.has(name)) return true;
  if (tenant === null) return false;
  const owned = service.store.buckets.get(name)?.owner === tenant.accessKey;
  return owned || tenant.buckets === "all" || tenant.buckets.has(name);
}

/** @throws AccessDenied */
export function checkAccess(call: Call, identity: Identity, name: string): void {
  if (!mayUse(call, identity, name) || call.exchange.fault("access.denied") !== null)
    throw new S3Error("AccessDenied");
}

/** A bucket that exists. @throws NoSuchBucket */
export function findBucket({ service }: Call, name: string): Bucket {
  const bucket = service.store.buckets.get(name);
  if (bucket === undefined) throw new S3Error("NoSuchBucket", { fields: { BucketName: name } });
  return bucket;
}

/** The bucket that the call is about. @throws NoSuchBucket */
export function bucketOf(call: Call): Bucket {
  return findBucket(call, call.target.bucket ?? "");
}

/** The key that the call is about: where `operationOf` found one. */
export function keyOf({ target }: Call): string {
  return target.key ?? "";
}
