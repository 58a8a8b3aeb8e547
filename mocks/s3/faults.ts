import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";

const none = z.strictObject({});

/** What an object store can do to its clients, beside the faults of the wire. */
export const S3_FAULTS = {
  slowDown: {
    effect: "503 SlowDown, always or over so many requests a second",
    params: z.strictObject({ perSec: z.number().positive().max(1e5).optional() }),
  },
  internalError: {
    effect: "500 InternalError; with `times`: only for the first so many tries of each request",
    params: z.strictObject({ times: z.int().min(1).max(100).optional() }),
  },
  "error.in200": {
    effect: "CopyObject and CompleteMultipartUpload answer 200 with an error inside",
    params: none,
  },
  "etag.mismatch": { effect: "the ETag of an answer is not the object's", params: none },
  "checksum.trailerBad": {
    effect: "400 BadDigest for an upload's check sum, or a download with a wrong one",
    params: z.strictObject({ on: z.enum(["upload", "download"]).default("upload") }),
  },
  truncatedBody: {
    effect: "an object's bytes end early: by FIN, reset, or under a length that fits (`short`)",
    params: z.strictObject({
      share: z.number().min(0).max(1).default(0.5),
      how: z.enum(["fin", "rst", "short"]).default("fin"),
    }),
  },
  "list.stale": {
    effect: "a listing shows what was there so many seconds ago",
    params: z.strictObject({ seconds: z.number().min(0).max(60).default(5) }),
  },
  "list.dupKey": { effect: "a page of a listing names one key twice", params: none },
  "list.missingKey": { effect: "a page of a listing leaves one key out", params: none },
  "list.tokenLoop": { effect: "a listing goes on forever at the same place", params: none },
  "policy.clockSkew": {
    effect: "the server's clock is off: signatures and policies are too old or not yet valid",
    params: z.strictObject({ seconds: z.number().min(-604_800).max(604_800).default(1_800) }),
  },
  "creds.expired": { effect: "400 ExpiredToken for whoever signs", params: none },
  "creds.rotated": {
    effect: "the secret was replaced (403 SignatureDoesNotMatch) or the key removed (403 InvalidAccessKeyId)",
    params: z.strictObject({ what: z.enum(["secret", "key"]).default("secret") }),
  },
  "access.denied": { effect: "403 AccessDenied for a good signature: a policy changed", params: none },
  "bucket.missing": { effect: "404 NoSuchBucket", params: none },
  "bucket.wrongRegion": {
    effect: "301 PermanentRedirect for whoever signs for another region than this",
    params: z.strictObject({
      region: z
        .string()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
        .default("eu-central-1"),
    }),
  },
  "multipart.lostPart": { effect: "a part is taken with 200 and is not there at the end", params: none },
  "multipart.abort": { effect: "the upload is gone: 404 NoSuchUpload", params: none },
  "disk.full": {
    effect: "writes fail for lack of room: 500 InternalError, or MinIO's 507",
    params: z.strictObject({ status: z.union([z.literal(500), z.literal(507)]).default(500) }),
  },
} as const satisfies FaultKinds;
