import { checkAccess, findBucket } from "../access.ts";
import { S3Error, invalidArgument } from "../error.ts";
import type { AllowedCall } from "../service.ts";
import type { StoredObject } from "../store/object.ts";
import { checkCopyConditions } from "./conditions.ts";

/** What `x-amz-copy-source: /bucket/key` names, if the caller may read it. @throws S3Error */
export function copySource(call: AllowedCall): { bucket: string; object: StoredObject } {
  const { headers } = call.request;
  const given = headers["x-amz-copy-source"] ?? "";
  const [path = "", version] = given.split("?versionId=");
  const slash = path.indexOf("/", 1);
  if (slash === -1)
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      given,
    );
  if (version !== undefined && version !== "null") {
    call.service.world.unmodelled("copy of a version");
    throw new S3Error("NotImplemented");
  }
  const bucket = decoded(path.slice(0, slash).replace(/^\//, ""));
  const key = decoded(path.slice(slash + 1));
  const object = findBucket(call, bucket).objects.get(key);
  checkAccess(call, call.identity, bucket);
  if (object === undefined) throw new S3Error("NoSuchKey", { fields: { Key: key } });
  checkCopyConditions(headers, object);
  return { bucket, object };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument("Invalid copy source encoding.", "x-amz-copy-source", text);
  }
}
