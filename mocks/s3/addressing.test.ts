import { Agent } from "node:http";
import { Readable } from "node:stream";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, test } from "vitest";
import { BUCKET, clientsOf, failureOf, REACH } from "./clients.testkit.ts";
import { download, upload } from "./fault-case.testkit.ts";

test("virtual-host style: the bucket in the host's name", async () => {
  const reached = await REACH.standalone({ settings: { domains: "s3.test" } });
  // As a DNS with a wildcard would answer.
  const httpAgent = new Agent({
    lookup: (_name, _options, told) => told(null, [{ address: "127.0.0.1", family: 4 }]),
  });
  const { aws } = clientsOf(reached, {
    aws: {
      endpoint: `http://s3.test:${reached.port}`,
      forcePathStyle: false,
      requestHandler: { httpAgent },
    },
  });
  await upload(aws, "a key/ü", "by host");
  expect(await download(aws, "a key/ü")).toBe("by host");
  expect(await download(clientsOf(reached).aws, "a key/ü")).toBe("by host");
  const url = await getSignedUrl(aws, new GetObjectCommand({ Bucket: BUCKET, Key: "a key/ü" }));
  expect(new URL(url).host).toBe(`${BUCKET}.s3.test:${reached.port}`);
  expect((await aws.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  await reached.close();
});

test("under msw the SDK's own addresses lead to the mock", async () => {
  const reached = await REACH.msw();
  const { aws } = clientsOf(reached);
  await upload(aws, "k", "by msw");
  expect(await download(aws)).toBe("by msw");
  expect(await failureOf(download(aws, "none"))).toMatch(/^NoSuchKey 404/);
  await reached.close();
});

test("a browser that asks first is refused: no bucket has CORS rules", async () => {
  const reached = await REACH.standalone();
  const response = await fetch(`http://127.0.0.1:${reached.port}/${BUCKET}/k`, {
    method: "OPTIONS",
    headers: { origin: "https://app.test", "access-control-request-method": "PUT" },
  });
  expect([response.status, await response.text()]).toEqual([
    403,
    expect.stringContaining("<Code>AccessForbidden</Code>"),
  ]);
  await reached.close();
});

test("a stream in small chunks is refused, as by S3, until the SDK gathers them", async () => {
  const reached = await REACH.standalone();
  const { aws } = clientsOf(reached);
  const put = (client: typeof aws) =>
    failureOf(
      client.send(
        new PutObjectCommand({
          Bucket: BUCKET,
          Key: "k",
          Body: Readable.from([Buffer.alloc(1_000, 1), Buffer.alloc(1_000, 2), Buffer.alloc(1_000, 3)]),
          ContentLength: 3_000,
        }),
      ),
    );
  expect(await put(aws)).toMatch(/^InvalidChunkSizeError 403/);
  expect(await put(clientsOf(reached, { aws: { requestStreamBufferSize: 65_536 } }).aws)).toBeNull();
  expect((await download(aws)).length).toBe(3_000);
  await reached.close();
});
