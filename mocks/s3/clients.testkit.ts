import { S3Client } from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { Client as MinioClient } from "minio";
import { reachByMsw, reachBySockets, startedFor } from "../core/reach.testkit.ts";
import type { Reach, ReachedBy, ReachOptions } from "../core/reach.testkit.ts";
import { s3Mock } from "./s3.ts";

export const KEY = "AKIAIOSFODNN7EXAMPLE";
export const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
export const BUCKET = "a-bucket";

/** The mock with one bucket, at the real date because clients sign by theirs. */
const reach: Reach<{
  /** Null: the clients' own https addresses lead to it. */
  readonly port: number | null;
}> = {
  definition: s3Mock,
  mode: { kind: "run", scale: 1 },
  settings: { buckets: BUCKET },
  realDate: true,
  where: (ports) => ({ port: ports === null ? null : (ports["api"] ?? 0) }),
};

export const s3TestMock = (options: ReachOptions) => startedFor(reach, options);

/** The mounts that unmodified clients can meet, by name. */
export const REACH = { ...reachBySockets(reach), msw: reachByMsw(reach) } as const;
export type Reached = ReachedBy<typeof REACH>;

export interface ClientOptions {
  readonly accessKey?: string;
  readonly secret?: string;
  readonly region?: string;
  readonly aws?: S3ClientConfig;
}

/** The clients as anybody would make them; one attempt a request, so that a test sees what the wire says. */
export function clientsOf({ port }: Reached, options: ClientOptions = {}) {
  const { accessKey = KEY, secret = SECRET, region = "us-east-1", aws = {} } = options;
  return {
    aws: new S3Client({
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secret },
      maxAttempts: 1,
      ...(port === null ? {} : { endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true }),
      ...aws,
    }),
    minio: new MinioClient({
      endPoint: port === null ? "s3.amazonaws.com" : "127.0.0.1",
      ...(port === null ? { useSSL: true } : { port, useSSL: false }),
      accessKey,
      secretKey: secret,
      // Without one it asks for the bucket's location first.
      ...(options.region === undefined ? {} : { region }),
    }),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

/** How a promise failed: name, status and words; null: it did not. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    const {
      name,
      message,
      code = "",
      $metadata,
    } = error as Error & {
      code?: string;
      $metadata?: { httpStatusCode?: number };
    };
    return `${name} ${$metadata?.httpStatusCode ?? ""} ${code}: ${message}`;
  }
}
