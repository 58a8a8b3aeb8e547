import { expect, test } from "vitest";
import { answer } from "../../core/answer.ts";
import type { HttpListener } from "../../core/http.ts";
import { s3TestMock } from "../clients.testkit.ts";

/**
 * The worked examples of Amazon's documentation ("Signature Calculations for the Authorization Header", "… in Multiple
 * Chunks", "… Including Trailing Headers", "Using Query Parameters"): their keys, date, and signatures.
 */
const EPOCH_MS = Date.parse("2013-05-24T00:00:00Z");
const DATE = "20130524T000000Z";
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

const authorization = (signedHeaders: string, signature: string) =>
  `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=${signedHeaders}, Signature=${signature}`;

function exampleBucket() {
  return s3TestMock({ epochMs: EPOCH_MS, mode: { kind: "frozen" }, settings: { buckets: "examplebucket" } });
}

async function ask(
  mock: ReturnType<typeof exampleBucket>,
  [method, path, search]: readonly [string, string, string?],
  headers: Record<string, string>,
  body: Uint8Array = new Uint8Array(),
) {
  const listener = mock.built.listeners[0] as HttpListener;
  const request = { method, path, search: search ?? "", headers, body };
  const outcome = await answer(mock, listener, request, new AbortController().signal);
  if (outcome.kind !== "response") throw new Error(outcome.kind);
  return { status: outcome.response.status, body: String(outcome.response.body) };
}

const CASES = {
  "GET with a range": {
    ask: ["GET", "/test.txt"],
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      range: "bytes=0-9",
      "x-amz-content-sha256": EMPTY,
      "x-amz-date": DATE,
      authorization: authorization(
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      ),
    },
    body: "",
    answers: [404, "NoSuchKey"],
  },
  "PUT, signed over the date header too": {
    ask: ["PUT", "/test%24file.text"],
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-date": DATE,
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      authorization: authorization(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      ),
    },
    body: "Welcome to Amazon S3.",
    answers: [200, ""],
  },
  "a listing": {
    ask: ["GET", "/", "?max-keys=2&prefix=J"],
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      "x-amz-content-sha256": EMPTY,
      "x-amz-date": DATE,
      authorization: authorization(
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
      ),
    },
    body: "",
    answers: [200, "ListBucketResult"],
  },
  "a presigned GET": {
    ask: [
      "GET",
      "/test.txt",
      `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=${DATE}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    ],
    headers: { host: "examplebucket.s3.amazonaws.com" },
    body: "",
    answers: [404, "NoSuchKey"],
  },
} as const;

test.each(Object.entries(CASES))("%s", async (_, { ask: asked, headers, body, answers }) => {
  const told = await ask(exampleBucket(), asked, headers, Buffer.from(body));
  expect(told).toMatchObject({ status: answers[0], body: expect.stringContaining(answers[1]) });
  const otherTime = s3TestMock({
    epochMs: EPOCH_MS + 2 * 86_400_000,
    mode: { kind: "frozen" },
    settings: { buckets: "examplebucket" },
  });
  expect((await ask(otherTime, asked, headers, Buffer.from(body))).status).toBe(403);
});

const DATA = Buffer.alloc(66_560, "a");
const chunk = (data: Uint8Array, signature: string) =>
  Buffer.concat([
    Buffer.from(`${data.length.toString(16)};chunk-signature=${signature}\r\n`),
    data,
    Buffer.from(data.length === 0 ? "" : "\r\n"),
  ]);

const STREAMS = {
  "signed chunks": {
    headers: {
      host: "s3.amazonaws.com",
      "x-amz-date": DATE,
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": "66560",
      "content-length": "66824",
      authorization: authorization(
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
      ),
    },
    signatures: [
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ],
    trailer: "\r\n",
  },
  "signed chunks and a signed trailer": {
    headers: {
      host: "s3.amazonaws.com",
      "x-amz-date": DATE,
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      "content-encoding": "aws-chunked",
      "x-amz-decoded-content-length": "66560",
      "x-amz-trailer": "x-amz-checksum-crc32c",
      authorization: authorization(
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
      ),
    },
    signatures: [
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ],
    trailer:
      "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
  },
} as const;

test.each(Object.entries(STREAMS))("%s", async (_, { headers, signatures, trailer }) => {
  const [first, second, last] = signatures;
  const sent = (data: Buffer, end: string) =>
    Buffer.concat([
      chunk(data.subarray(0, 65_536), first),
      chunk(data.subarray(65_536), second),
      chunk(Buffer.alloc(0), last),
      Buffer.from(end),
    ]);
  const asked = ["PUT", "/examplebucket/chunkObject.txt"] as const;
  const mock = exampleBucket();
  expect(await ask(mock, asked, headers, sent(DATA, trailer))).toEqual({ status: 200, body: "" });
  expect(mock.built.state()).toMatchObject({
    buckets: { examplebucket: { objects: 1, bytes: DATA.length } },
  });

  const changed = Buffer.from(DATA).fill("b", 66_000);
  const told = await ask(mock, asked, headers, sent(changed, trailer));
  expect(told).toMatchObject({ status: 403, body: expect.stringContaining("SignatureDoesNotMatch") });
  expect((await ask(mock, asked, headers, sent(DATA, trailer).subarray(0, 66_000))).body).toContain(
    "IncompleteBody",
  );
});

test("a trailer whose signature or check sum is wrong", async () => {
  const { headers, signatures, trailer } = STREAMS["signed chunks and a signed trailer"];
  const [first, second, last] = signatures;
  const body = (end: string) =>
    Buffer.concat([
      chunk(DATA.subarray(0, 65_536), first),
      chunk(DATA.subarray(65_536), second),
      chunk(Buffer.alloc(0), last),
      Buffer.from(end),
    ]);
  const asked = ["PUT", "/examplebucket/chunkObject.txt"] as const;
  const refused = async (end: string) => (await ask(exampleBucket(), asked, headers, body(end))).body;
  expect(await refused(trailer.replace("d81f", "d81e"))).toContain("SignatureDoesNotMatch");
  expect(await refused(trailer.replace("sOO8", "sOO9"))).toContain("SignatureDoesNotMatch");
  expect(await refused("\r\n")).toContain("MalformedTrailerError");
});
