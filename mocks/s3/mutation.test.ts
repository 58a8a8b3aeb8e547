import {
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  UploadPartCopyCommand,
  CreateMultipartUploadCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { MockResponse } from "../core/http.ts";
import type { MockDefinition } from "../core/mock.ts";
import { mutated } from "../core/mutated.testkit.ts";
import { BUCKET, clientsOf, REACH } from "./clients.testkit.ts";
import type { Clients } from "./clients.testkit.ts";
import { download, upload, uploadInParts } from "./fault-case.testkit.ts";
import { s3Mock } from "./s3.ts";

/** A change of the wire and a plain use of an unmodified client that must not survive it. */
interface Mutant {
  readonly name: string;
  readonly change: (response: MockResponse) => MockResponse;
  readonly use: (clients: Clients) => Promise<unknown>;
}

const inBody = (from: string, to: string) => (response: MockResponse) =>
  typeof response.body === "string" ? { ...response, body: response.body.replaceAll(from, to) } : response;
const renamed = (name: string) => inBody(`${name}>`, `${name}s>`);
const header = (name: string, value: string) => (response: MockResponse) =>
  response.headers[name] === undefined
    ? response
    : { ...response, headers: { ...response.headers, [name]: value } };
const withoutHeader = (name: string) => (response: MockResponse) => {
  const { [name]: _, ...headers } = response.headers;
  return { ...response, headers };
};

async function listed({ aws }: Clients): Promise<number> {
  const keys = new Set<string>();
  let pages = 0;
  for await (const { Contents } of paginateListObjectsV2({ client: aws }, { Bucket: BUCKET, MaxKeys: 1 })) {
    for (const { Key } of Contents ?? []) keys.add(Key ?? "");
    if (++pages > 4) throw new Error("no end");
  }
  if (keys.size !== 2 || !keys.has("k")) throw new Error(`found ${[...keys].join(", ")}`);
  return keys.size;
}

const MUTANTS: readonly Mutant[] = [
  { name: "listing: Contents", change: renamed("Contents"), use: listed },
  { name: "listing: Key", change: renamed("Key"), use: listed },
  { name: "listing: NextContinuationToken", change: renamed("NextContinuationToken"), use: listed },
  {
    name: "multipart: UploadId",
    change: renamed("UploadId"),
    use: ({ aws }) => uploadInParts(aws, "m"),
  },
  { name: "part: etag", change: withoutHeader("etag"), use: ({ aws }) => uploadInParts(aws, "m") },
  {
    name: "copied part: ETag",
    change: renamed("ETag"),
    use: async ({ aws }) => {
      const { UploadId } = await aws.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "c" }));
      const part = { Bucket: BUCKET, Key: "c", UploadId, PartNumber: 1, CopySource: `${BUCKET}/k` };
      const { CopyPartResult } = await aws.send(new UploadPartCopyCommand(part));
      return CopyPartResult!.ETag!.length;
    },
  },
  {
    name: "object: x-amz-checksum-crc32",
    change: header("x-amz-checksum-crc32", "AAAAAA=="),
    use: ({ aws }) => download(aws),
  },
  {
    name: "object: content-length",
    change: header("content-length", "2000"),
    use: ({ aws }) => download(aws),
  },
  {
    name: "object: last-modified",
    change: header("last-modified", "yesterday"),
    use: async ({ aws }) =>
      (await aws.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "k" }))).LastModified!.getTime(),
  },
  {
    name: "error: Code",
    change: renamed("Code"),
    use: ({ aws }) =>
      aws.send(new GetObjectCommand({ Bucket: BUCKET, Key: "none" })).catch((error: Error) => {
        if (error.name !== "NoSuchKey") throw error;
      }),
  },
  {
    name: "minio's listing: Name of a bucket",
    change: renamed("Name"),
    use: async ({ minio }) => {
      if ((await minio.listBuckets())[0]?.name !== BUCKET) throw new Error("no bucket");
    },
  },
];

test.concurrent.each(MUTANTS)("a client fails without $name", async ({ change, use }) => {
  const outcome = async (definition: MockDefinition, changes: { on: boolean } | null) => {
    const reached = await REACH.standalone({ definition });
    try {
      const clients = clientsOf(reached, {
        region: "us-east-1",
        // A body that never ends must not hold the test up.
        aws: changes === null ? {} : { requestHandler: { socketTimeout: 1_000 } },
      });
      await upload(clients.aws, "k", "x".repeat(1_000));
      await upload(clients.aws, "l", "y");
      if (changes !== null) changes.on = true;
      return await use(clients).then(
        () => "well",
        () => "failed",
      );
    } finally {
      await reached.close();
    }
  };
  expect(await outcome(s3Mock, null)).toBe("well");
  const changes = { on: false };
  const wrong = mutated(s3Mock, { response: (it) => (changes.on ? change(it) : it) });
  expect(await outcome(wrong, changes)).toBe("failed");
});
