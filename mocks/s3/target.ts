import type { MockRequest } from "../core/http.ts";
import { S3Error } from "./error.ts";

/** What a request is about. */
export interface Target {
  /** Null: the service itself. */
  readonly bucket: string | null;
  /** Null: the bucket itself. */
  readonly key: string | null;
}

/** `s3.amazonaws.com`, `s3.us-east-2.amazonaws.com` and the old `s3-us-west-2.amazonaws.com`. */
const AMAZON = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com$/;

/**
 * Virtual-host style (`bucket.s3.amazonaws.com/key`, or under one of `domains`) or path style (`/bucket/key`).
 * @throws InvalidURI
 */
export function targetOf({ path, headers }: MockRequest, domains: readonly string[]): Target {
  const text = decoded(path).slice(1);
  const bucket = bucketOfHost(headers["host"] ?? "", domains);
  if (bucket !== null) return { bucket, key: text === "" ? null : text };
  if (text === "") return { bucket: null, key: null };
  const slash = text.indexOf("/");
  if (slash === -1) return { bucket: text, key: null };
  const key = text.slice(slash + 1);
  return { bucket: text.slice(0, slash), key: key === "" ? null : key };
}

function bucketOfHost(host: string, domains: readonly string[]): string | null {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const amazon = AMAZON.exec(name);
  if (amazon !== null) return amazon[1] ?? null;
  const domain = domains.find((it) => name.endsWith(`.${it}`));
  return domain === undefined ? null : name.slice(0, -domain.length - 1);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error("InvalidURI");
  }
}
