import type { MockResponse } from "../../core/http.ts";
import { mayUse } from "../access.ts";
import { S3Error } from "../error.ts";
import { readPayload } from "../payload/payload.ts";
import { emptyReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { readXml } from "../xml.ts";

/** "General purpose bucket naming rules". */
const NAME = /^(?!xn--|\d+\.\d+\.\d+\.\d+$)[a-z0-9](?!.*(\.\.|-s3alias$))[a-z0-9.-]{1,61}[a-z0-9]$/;

/** @throws S3Error */
export function createBucket(call: AllowedCall): MockResponse {
  const { service, identity, target, exchange } = call;
  const name = target.bucket ?? "";
  const { bytes, pieces } = readPayload(call, identity);
  if (!NAME.test(name)) throw new S3Error("InvalidBucketName", { fields: { BucketName: name } });
  const { tenant } = identity;
  const before = service.store.buckets.get(name);
  if (before !== undefined && tenant !== null && mayUse(call, identity, name)) {
    // Only in us-east-1 does S3 take it a second time.
    if (before.region === "us-east-1") return emptyReply(200, { location: `/${name}` });
    throw new S3Error("BucketAlreadyOwnedByYou", { fields: { BucketName: name } });
  }
  if (before !== undefined) throw new S3Error("BucketAlreadyExists", { fields: { BucketName: name } });
  if (tenant === null || exchange.fault("access.denied") !== null) throw new S3Error("AccessDenied");
  if (tenant.buckets !== "all" && !tenant.buckets.has(name)) throw new S3Error("AccessDenied");
  const { region } = service.settings;
  const wanted = bytes === 0 ? {} : readXml(Buffer.concat(pieces), "CreateBucketConfiguration");
  const place = String(wanted["LocationConstraint"] ?? region);
  if (place !== region)
    throw new S3Error("IllegalLocationConstraintException", {
      message: `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    });
  service.store.createBucket(name, region, tenant.accessKey);
  return emptyReply(200, { location: `/${name}` });
}
