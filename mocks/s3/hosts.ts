import type { S3Settings } from "./settings.ts";

/**
 * Whom an in-process mount stands in for: Amazon's endpoints, and those of the buckets that are there from the start.
 * Buckets that come later are reached in path style there.
 */
export function hostsOf({ region, buckets }: S3Settings): readonly string[] {
  const endpoints = ["s3.amazonaws.com", `s3.${region}.amazonaws.com`];
  return [...endpoints, ...buckets.flatMap((bucket) => endpoints.map((endpoint) => `${bucket}.${endpoint}`))];
}
