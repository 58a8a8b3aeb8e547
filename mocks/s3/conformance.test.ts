import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListPartsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, clientsOf, failureOf, REACH } from "./clients.testkit.ts";
import type { Clients, Reached } from "./clients.testkit.ts";

const MIB = 1024 * 1024;
const ODD = [
  "plain",
  "a b/ü+c(1)!'*.txt",
  "日本/🎈",
  "per%20cent",
  "q?x=1&y",
  '<&">',
  "a//b",
  "./dot",
  "tab\t",
];

async function textOf(body: { transformToString(): Promise<string> } | undefined): Promise<string> {
  return (await body?.transformToString()) ?? "";
}

describe.each(["standalone", "socket interceptor"] as const)("unmodified clients, %s", (mount) => {
  let reached: Reached;
  let aws: Clients["aws"];
  let minio: Clients["minio"];
  const put = (Key: string, Body: string, more: object = {}) =>
    aws.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
  const get = (Key: string, more: object = {}) =>
    aws.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
  const keys = async (more: object) => {
    const seen: string[] = [];
    for await (const { Contents = [], CommonPrefixes = [] } of paginateListObjectsV2(
      { client: aws },
      { Bucket: BUCKET, ...more },
    ))
      seen.push(
        ...Contents.map(({ Key = "" }) => Key),
        ...CommonPrefixes.map(({ Prefix = "" }) => `${Prefix}…`),
      );
    return seen;
  };

  beforeAll(async () => {
    reached = await REACH[mount]();
    ({ aws, minio } = clientsOf(reached));
  });
  afterAll(() => reached.close());

  test("buckets: list, head, location", async () => {
    const { Buckets = [] } = await aws.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual([BUCKET]);
    expect((await aws.send(new HeadBucketCommand({ Bucket: BUCKET }))).BucketRegion).toBe("us-east-1");
    expect(
      (await aws.send(new GetBucketLocationCommand({ Bucket: BUCKET }))).LocationConstraint,
    ).toBeUndefined();
    expect(await minio.bucketExists(BUCKET)).toBe(true);
    expect((await minio.listBuckets()).map(({ name }) => name)).toEqual([BUCKET]);
  });

  test.each(ODD)("an object under %j, there and back", async (key) => {
    await put(key, `about ${key}`, {
      ContentType: "text/plain",
      Metadata: { run: "7" },
      CacheControl: "no-store",
    });
    const { Body, ...told } = await get(key);
    expect(await textOf(Body)).toBe(`about ${key}`);
    expect(told).toMatchObject({
      ContentType: "text/plain",
      Metadata: { run: "7" },
      CacheControl: "no-store",
    });
    await minio.putObject(BUCKET, `minio/${key}`, "by minio", undefined, { "X-Amz-Meta-Run": "8" });
    const { size, metaData } = await minio.statObject(BUCKET, `minio/${key}`);
    expect([size, metaData["run"]]).toEqual([8, "8"]);
    expect(await keys({ Prefix: key })).toContain(key);
  });

  test("every check sum: in a header, in a trailer, and back", async () => {
    for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
      const data = Buffer.alloc(200_000, ChecksumAlgorithm);
      await put("sum/header", data.toString(), { ChecksumAlgorithm });
      await aws.send(
        new PutObjectCommand({
          Bucket: BUCKET,
          Key: "sum/trailer",
          Body: Readable.from([data.subarray(0, 70_000), data.subarray(70_000)]),
          ContentLength: data.length,
          ChecksumAlgorithm,
        }),
      );
      // The client holds what it gets against the check sum that comes with it.
      const { Body, ETag, ...told } = await get("sum/trailer", { ChecksumMode: "ENABLED" });
      expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(data), ChecksumAlgorithm).toBe(
        true,
      );
      expect(ETag).toBe((await get("sum/header")).ETag);
      expect(told).toHaveProperty(`Checksum${ChecksumAlgorithm}`);
    }
  });

  test("ranges and conditions", async () => {
    const { ETag = "" } = await put("ranged", "0123456789");
    const part = async (Range: string) => textOf((await get("ranged", { Range })).Body);
    expect([await part("bytes=2-4"), await part("bytes=7-"), await part("bytes=-2")]).toEqual([
      "234",
      "789",
      "89",
    ]);
    expect((await get("ranged", { Range: "bytes=2-400" })).ContentRange).toBe("bytes 2-9/10");
    expect(await failureOf(get("ranged", { Range: "bytes=10-" }))).toMatch(/^InvalidRange 416/);
    expect(await failureOf(get("ranged", { IfNoneMatch: ETag }))).toMatch(/ 304 /);
    expect(await failureOf(get("ranged", { IfMatch: '"0"' }))).toMatch(/^PreconditionFailed 412/);
    expect(await failureOf(put("ranged", "again", { IfNoneMatch: "*" }))).toMatch(/^PreconditionFailed 412/);
    expect(await failureOf(put("ranged", "again", { IfMatch: ETag }))).toBeNull();
    const overridden = await get("ranged", { ResponseContentType: "text/x-other" });
    expect(overridden.ContentType).toBe("text/x-other");
  });

  test("listings: pages, prefixes, both versions", async () => {
    for (let at = 0; at < 25; at++) await put(`list/${at % 5}/${at}`, "x");
    await put("list/top", "x");
    const all = await keys({ Prefix: "list/", MaxKeys: 4 });
    expect(all).toEqual([...all].toSorted());
    expect(new Set(all).size).toBe(26);
    const folders = await keys({ Prefix: "list/", Delimiter: "/", MaxKeys: 2 });
    expect(folders.toSorted()).toEqual(
      ["list/0/…", "list/1/…", "list/2/…", "list/3/…", "list/4/…", "list/top"].toSorted(),
    );
    const first = await aws.send(
      new ListObjectsCommand({ Bucket: BUCKET, Prefix: "list/", Delimiter: "/", MaxKeys: 2 }),
    );
    expect([first.IsTruncated, first.NextMarker]).toEqual([true, "list/1/"]);
    const byMinio: (string | undefined)[] = [];
    for await (const { name, prefix } of minio.listObjects(BUCKET, "list/", false))
      byMinio.push(name ?? prefix);
    expect(byMinio.toSorted()).toEqual(["list/0/", "list/1/", "list/2/", "list/3/", "list/4/", "list/top"]);
    expect(await keys({ Prefix: "list/", StartAfter: "list/4/9" })).toEqual(["list/top"]);
  });

  test("deletion, one and many", async () => {
    for (const key of ["gone/1", "gone/2", "gone/<&3>"]) await put(key, "x");
    await aws.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "gone/1" }));
    await aws.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "never/was" }));
    const { Deleted } = await aws.send(
      new DeleteObjectsCommand({
        Bucket: BUCKET,
        Delete: { Objects: [{ Key: "gone/<&3>" }, { Key: "never/was" }] },
      }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["gone/<&3>", "never/was"]);
    await minio.removeObjects(BUCKET, ["gone/2"]);
    expect(await keys({ Prefix: "gone/" })).toEqual([]);
    expect(await failureOf(get("gone/1"))).toMatch(/^NoSuchKey 404/);
    expect(await failureOf(aws.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "gone/1" })))).toMatch(
      /^NotFound 404/,
    );
  });

  test("copy: with its metadata, with other metadata, onto itself", async () => {
    await put("from/a b+ü", "copied", { Metadata: { v: "1" } });
    const copy = (Key: string, more: object = {}) =>
      aws.send(
        new CopyObjectCommand({
          Bucket: BUCKET,
          Key,
          CopySource: `${BUCKET}/${encodeURIComponent("from/a b+ü")}`,
          ...more,
        }),
      );
    await copy("to/1");
    await copy("to/2", { MetadataDirective: "REPLACE", Metadata: { v: "2" } });
    const [one, two] = [await get("to/1"), await get("to/2")];
    expect([await textOf(one.Body), one.Metadata, two.Metadata]).toEqual(["copied", { v: "1" }, { v: "2" }]);
    expect(await failureOf(copy("from/a b+ü"))).toMatch(/^InvalidRequest 400 .*illegal/);
    expect(await failureOf(copy("to/3", { CopySourceIfNoneMatch: one.ETag }))).toMatch(
      /^PreconditionFailed 412/,
    );
  });

  test("multipart: parts, copies of parts, its ETag, abort", async () => {
    const key = "large/one";
    const { UploadId } = await aws.send(
      new CreateMultipartUploadCommand({
        Bucket: BUCKET,
        Key: key,
        ContentType: "x/y",
        ChecksumAlgorithm: "CRC32",
      }),
    );
    const upload = { Bucket: BUCKET, Key: key, UploadId };
    const part = async (PartNumber: number, Body: Buffer) => {
      const { ETag, ChecksumCRC32 } = await aws.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      return { PartNumber, ETag, ChecksumCRC32 };
    };
    const one = await part(1, Buffer.alloc(5 * MIB, 1));
    await put("large/source", "y".repeat(100));
    const { CopyPartResult } = await aws.send(
      new UploadPartCopyCommand({
        ...upload,
        PartNumber: 3,
        CopySource: `${BUCKET}/large/source`,
        CopySourceRange: "bytes=0-9",
      }),
    );
    const three = { PartNumber: 3, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 };
    const { Parts = [] } = await aws.send(new ListPartsCommand(upload));
    expect(Parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MIB],
      [3, 10],
    ]);
    const complete = (parts: object[]) =>
      aws.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
    expect(await failureOf(complete([three, one]))).toMatch(/^InvalidPartOrder 400/);
    expect(await failureOf(complete([one, { ...three, ETag: '"0"' }]))).toMatch(/^InvalidPart 400/);
    const short = await part(2, Buffer.alloc(10));
    expect(await failureOf(complete([one, short, three]))).toMatch(/^EntityTooSmall 400/);
    const { ETag, ChecksumCRC32 } = await complete([one, three]);
    expect([ETag, ChecksumCRC32]).toEqual([
      expect.stringMatching(/^"[0-9a-f]{32}-2"$/),
      expect.stringMatching(/-2$/),
    ]);
    const { Body, ContentLength } = await get(key, { ChecksumMode: "ENABLED" });
    expect([ContentLength, (await textOf(Body)).slice(-10)]).toEqual([5 * MIB + 10, "yyyyyyyyyy"]);
    expect(await textOf((await get(key, { Range: `bytes=${5 * MIB}-${5 * MIB + 3}` })).Body)).toBe("yyyy");

    const second = await aws.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "large/two" }));
    const listed = await aws.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(listed.Uploads?.map(({ Key }) => Key)).toEqual(["large/two"]);
    const given = { Bucket: BUCKET, Key: "large/two", UploadId: second.UploadId };
    await aws.send(new AbortMultipartUploadCommand(given));
    expect(await failureOf(aws.send(new ListPartsCommand(given)))).toMatch(/^NoSuchUpload 404/);
  });

  test("minio cuts large objects into parts by itself", async () => {
    const data = Buffer.alloc(12 * MIB, 3);
    const { etag } = await minio.putObject(BUCKET, "large/minio", Readable.from([data]));
    expect(etag).toMatch(/^[0-9a-f]{32}(-\d+)?$/);
    const pieces: Buffer[] = [];
    for await (const piece of await minio.getPartialObject(BUCKET, "large/minio", 5 * MIB - 2, 4))
      pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(Buffer.alloc(4, 3));
    expect((await minio.statObject(BUCKET, "large/minio")).size).toBe(data.length);
  });

  test("what is not modelled says so", async () => {
    expect(await failureOf(aws.send(new GetBucketTaggingCommand({ Bucket: BUCKET })))).toMatch(
      /^NotImplemented 501/,
    );
    expect(await failureOf(put("x", "x", { Tagging: "a=b" }))).toMatch(/^NotImplemented 501/);
    expect(await failureOf(put("x", "x", { ServerSideEncryption: "aws:kms" }))).toMatch(
      /^NotImplemented 501/,
    );
    const journal = reached.mock.journal.text();
    for (const what of ["GET bucket?tagging", "header x-amz-tagging", "header x-amz-server-side-encryption"])
      expect(journal).toContain(`"what":"${what}"`);
  });

  test("a bucket that is not empty stays", async () => {
    expect(await failureOf(aws.send(new DeleteBucketCommand({ Bucket: BUCKET })))).toMatch(
      /^BucketNotEmpty 409/,
    );
  });
});
