import type { Bucket } from "./store/bucket.ts";
import { uriEncodePath } from "./text.ts";

/** Where Amazon would serve the object: not where the mock does, so that it is the same in every mount. */
export function locationOf({ name, region }: Bucket, key: string): string {
  return `https://${name}.s3.${region}.amazonaws.com/${uriEncodePath(key)}`;
}
