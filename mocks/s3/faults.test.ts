import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, test } from "vitest";
import { BUCKET, failureOf } from "./clients.testkit.ts";
import { download, listKeys, stage, upload, uploadInParts } from "./fault-case.testkit.ts";
import type { Scene } from "./fault-case.testkit.ts";
import { S3_FAULTS } from "./faults.ts";

/** What real clients see of every fault kind of the mock. */
const CASES: Readonly<Record<keyof typeof S3_FAULTS, (scene: Scene) => Promise<void>>> = {
  async slowDown({ aws, put, client, reached }) {
    put({}, { count: 2 });
    expect(await failureOf(download(aws))).toMatch(/^SlowDown 503 .*reduce your request rate/);
    // Two of the SDK's three attempts fail.
    expect(await failureOf(download(client({ aws: { maxAttempts: 3 } })))).toBeNull();
    reached.mock.clock.set({ kind: "frozen" });
    put({ perSec: 3 });
    const told = await Promise.all(Array.from({ length: 12 }, () => failureOf(download(aws))));
    expect(told.filter((failure) => failure === null)).toHaveLength(3);
  },
  async internalError({ aws, put, client }) {
    put({ times: 2 });
    expect(await failureOf(download(aws))).toMatch(/^InternalError 500/);
    expect(await failureOf(download(aws))).toMatch(/^InternalError 500/);
    expect(await failureOf(download(aws))).toBeNull();
    const patient = client({ aws: { maxAttempts: 3 } });
    const told = await patient.send(new HeadBucketCommand({ Bucket: BUCKET }));
    expect(told.$metadata.attempts).toBe(3);
  },
  async "error.in200"({ aws, put }) {
    put();
    const copy = new CopyObjectCommand({ Bucket: BUCKET, Key: "copy", CopySource: `${BUCKET}/k` });
    expect(await failureOf(aws.send(copy))).toMatch(/^InternalError/);
    expect(await failureOf(uploadInParts(aws, "parts"))).toMatch(/^InternalError/);
    expect(await listKeys(aws)).toEqual(["k"]);
  },
  async "etag.mismatch"({ aws, put }) {
    put();
    // What a part's answer said is what the client says at the end.
    expect(await failureOf(uploadInParts(aws, "parts"))).toMatch(/^InvalidPart 400/);
    const [one, two] = [await upload(aws, "a", "same"), await upload(aws, "b", "same")];
    expect(one.ETag).not.toBe(two.ETag);
  },
  async "checksum.trailerBad"({ aws, put }) {
    put();
    expect(await failureOf(upload(aws, "a", "text"))).toMatch(/^BadDigest 400 .*The CRC32 you specified/);
    expect(await failureOf(download(aws))).toBeNull();
    put({ on: "download" });
    expect(await failureOf(upload(aws, "a", "text"))).toBeNull();
    expect(await failureOf(download(aws))).toMatch(/Checksum mismatch: expected/);
  },
  async truncatedBody({ aws, put }) {
    put({ share: 0.3 });
    expect(await failureOf(download(aws))).toMatch(/aborted|ECONNRESET|socket hang up/);
    put({ share: 0.3, how: "rst" });
    expect(await failureOf(download(aws))).toMatch(/ECONNRESET|aborted/);
    put({ share: 0.3, how: "short" });
    // Only the check sum tells.
    expect(await failureOf(download(aws))).toMatch(/Checksum mismatch/);
  },
  async "list.stale"({ aws, put, reached }) {
    reached.mock.clock.set({ kind: "frozen" });
    await reached.mock.clock.advance(30_000);
    await upload(aws, "new", "x");
    await aws.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "k" }));
    expect(await listKeys(aws)).toEqual(["new"]);
    put({ seconds: 20 });
    expect(await listKeys(aws)).toEqual(["k"]);
    await reached.mock.clock.advance(21_000);
    expect(await listKeys(aws)).toEqual(["new"]);
  },
  async "list.dupKey"({ aws, put }) {
    await upload(aws, "l", "x");
    put();
    const keys = await listKeys(aws);
    expect([keys.length, new Set(keys).size]).toEqual([3, 2]);
  },
  async "list.missingKey"({ aws, put }) {
    await upload(aws, "l", "x");
    put();
    expect(await listKeys(aws)).toHaveLength(1);
  },
  async "list.tokenLoop"({ aws, put }) {
    put();
    let pages = 0;
    for await (const page of paginateListObjectsV2({ client: aws }, { Bucket: BUCKET }))
      if (page.KeyCount === 0 || ++pages === 20) break;
    expect(pages).toBe(20);
    pages = 0;
    for await (const _ of paginateListObjectsV2({ client: aws, stopOnSameToken: true }, { Bucket: BUCKET }))
      pages += 1;
    expect(pages).toBe(2);
  },
  async "policy.clockSkew"({ aws, put, client }) {
    const post = await createPresignedPost(aws, { Bucket: BUCKET, Key: "p", Expires: 600 });
    put({ seconds: 3_600 });
    expect(await failureOf(download(aws))).toMatch(/^RequestTimeTooSkewed 403/);
    // The SDK reads the date of the refusal and signs again.
    expect(await failureOf(download(client({ aws: { maxAttempts: 2 } })))).toBeNull();
    const form = new FormData();
    for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
    form.append("file", new Blob(["x"]), "f");
    expect(await (await fetch(post.url, { method: "POST", body: form })).text()).toContain("Policy expired.");
  },
  async "creds.expired"({ aws, put }) {
    put();
    expect(await failureOf(download(aws))).toMatch(/^ExpiredToken 400/);
  },
  async "creds.rotated"({ aws, minio, put }) {
    const url = await getSignedUrl(aws, new GetObjectCommand({ Bucket: BUCKET, Key: "k" }));
    expect((await fetch(url)).status).toBe(200);
    put();
    expect(await failureOf(download(aws))).toMatch(/^SignatureDoesNotMatch 403/);
    expect(await failureOf(minio.getObject(BUCKET, "k"))).toMatch(/signature we calculated does not match/);
    // Signing needs no server: a service that only signs notices nothing.
    expect((await fetch(url)).status).toBe(403);
    put({ what: "key" });
    expect(await failureOf(download(aws))).toMatch(/^InvalidAccessKeyId 403/);
  },
  async "access.denied"({ aws, put }) {
    put({}, { scope: { operation: "GetObject" } });
    expect(await failureOf(download(aws))).toMatch(/^AccessDenied 403/);
    expect(await failureOf(aws.send(new HeadBucketCommand({ Bucket: BUCKET })))).toBeNull();
  },
  async "bucket.missing"({ aws, minio, put }) {
    put();
    expect(await failureOf(download(aws))).toMatch(/^NoSuchBucket 404/);
    expect(await failureOf(aws.send(new HeadBucketCommand({ Bucket: BUCKET })))).toMatch(/^NotFound 404/);
    expect(await minio.bucketExists(BUCKET)).toBe(false);
  },
  async "bucket.wrongRegion"({ aws, put, client }) {
    put({ region: "eu-central-1" });
    expect(await failureOf(download(aws))).toMatch(/^PermanentRedirect 301/);
    expect(await failureOf(download(client({ region: "eu-central-1" })))).toBeNull();
    const following = client({ aws: { followRegionRedirects: true, maxAttempts: 1 } });
    expect(await failureOf(download(following))).toBeNull();
  },
  async "multipart.lostPart"({ aws, put }) {
    put();
    expect(await failureOf(uploadInParts(aws, "parts"))).toMatch(/^InvalidPart 400 .*could not be found/);
  },
  async "multipart.abort"({ aws, put }) {
    put({}, { scope: { operation: "CompleteMultipartUpload" } });
    expect(await failureOf(uploadInParts(aws, "parts"))).toMatch(/^NoSuchUpload 404/);
  },
  async "disk.full"({ aws, put }) {
    put();
    expect(await failureOf(upload(aws, "a", "x"))).toMatch(/^InternalError 500 .*No space left/);
    expect(await failureOf(download(aws))).toBeNull();
    put({ status: 507 });
    expect(await failureOf(upload(aws, "a", "x"))).toMatch(/^XMinioStorageFull 507/);
  },
};

test.concurrent.each(Object.entries(CASES))("%s", async (kind, play) => {
  await stage(kind, async (scene) => {
    await play(scene);
    expect(scene.hits()).toBeGreaterThan(0);
  });
});

test("a slow store: the client's own limit ends it", async () => {
  await stage("latency", async ({ client, put }) => {
    put({ mean: 5_000 });
    const impatient = client({
      aws: { requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true } },
    });
    expect(await failureOf(download(impatient))).toMatch(/^TimeoutError/);
  });
});

test("a fault for one tenant's bucket leaves the others alone", async () => {
  await stage(
    "access.denied",
    async ({ aws, put }) => {
      put({}, { scope: { bucket: "b-bucket" } });
      const list = (Bucket: string) => failureOf(aws.send(new ListObjectsV2Command({ Bucket })));
      expect(await list("b-bucket")).toMatch(/^AccessDenied 403/);
      expect(await list(BUCKET)).toBeNull();
    },
    { buckets: `${BUCKET},b-bucket` },
  );
});
