import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { boto, run } from "./programs.testkit.ts";

const MIB = 1024 * 1024;
let reached: Reached;
let folder: string;
beforeAll(async () => {
  reached = await REACH.standalone();
  folder = mkdtempSync(join(tmpdir(), "firedrill-s3-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await reached.close();
});
afterEach(() => reached.mock.faults.clear());

const put = (kind: string, params: object = {}, more: object = {}) =>
  void reached.mock.faults.put("fault", { kind, params, ...more });
const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
/** It ended well; if not, what it said is the failure. */
async function done(running: ReturnType<typeof run>): Promise<void> {
  const { exitCode, told } = await running;
  expect(exitCode, told).toBe(0);
}
/** A program takes seconds to start on a busy machine. */
const PATIENCE_MS = 400_000;
/** Bytes that no part repeats. */
const noise = (bytes: number) =>
  Buffer.concat(Array.from({ length: bytes / 32 }, (_, at) => createHash("sha256").update(`${at}`).digest()));

describe.each(["boto3 1.44", "boto3 1.26"] as const)("%s", (version) => {
  beforeAll(() => reached.mock.reset());

  test("what the API of subnet 46 does: head, a form with a policy, presigned listings", async () => {
    const told = await boto(
      reached,
      BUCKET,
      `
import requests
tell(s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"])
tell(failure(lambda: s3.head_bucket(Bucket="missing")))
folder = "data/hotkey=5F3sa2TJ/"
post = s3.generate_presigned_post(bucket, folder + "\${filename}", Fields={"acl": "private", "x-amz-storage-class": "STANDARD"},
    Conditions=[{"acl": "private"}, ["starts-with", "$key", folder], ["content-length-range", 1024, 5368709120], {"x-amz-storage-class": "STANDARD"}], ExpiresIn=86400)
def send(data=b"x" * 2000, **changed):
    return requests.post(post["url"], data={**post["fields"], **changed}, files={"file": ("day.parquet", data)}).status_code
tell([send(), send(key="data/hotkey=other/x"), send(data=b"x" * 10), send(**{"x-amz-signature": "0" * 64})])
url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, "Prefix": folder, "Delimiter": "/", "MaxKeys": 10000}, ExpiresIn=10800)
page = requests.get(url)
tell([page.status_code, "<Key>data/hotkey%3D5F3sa2TJ/day.parquet</Key>" in page.text, "<MaxKeys>1000</MaxKeys>" in page.text])
tell(requests.get(url.replace("5F3sa2TJ", "5OTHER")).status_code)
`,
      version,
    );
    expect(told).toEqual([200, ["404", 404], [204, 403, 400, 403], [200, true, true], 403]);
  });

  test("objects, ranges, pages, copies, deletion", async () => {
    const told = await boto(
      reached,
      BUCKET,
      `
for key in ["b/1", "b/2 ü+%&", "b/3/x"]: s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"n": "1"})
tell(s3.get_object(Bucket=bucket, Key="b/2 ü+%&")["Body"].read().decode())
tell(s3.get_object(Bucket=bucket, Key="b/3/x", Range="bytes=2-")["Body"].read().decode())
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="b/", PaginationConfig={"PageSize": 1})
tell([item["Key"] for page in pages for item in page["Contents"]])
tell([p["Prefix"] for p in s3.list_objects(Bucket=bucket, Prefix="b/", Delimiter="/")["CommonPrefixes"]])
s3.copy({"Bucket": bucket, "Key": "b/2 ü+%&"}, bucket, "b/copy")
tell(s3.head_object(Bucket=bucket, Key="b/copy")["Metadata"])
tell(len(s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b/1"}, {"Key": "b/none"}]})["Deleted"]))
tell(failure(lambda: s3.get_object(Bucket=bucket, Key="b/1")))
tell(s3.get_bucket_location(Bucket=bucket)["LocationConstraint"])
`,
      version,
    );
    expect(told).toEqual([
      "b/2 ü+%&",
      "3/x",
      ["b/1", "b/2 ü+%&", "b/3/x"],
      ["b/3/"],
      { n: "1" },
      2,
      ["NoSuchKey", 404],
      null,
    ]);
  });
});

describe("boto3", () => {
  test("check sums of Amazon's own C library, large files in parts", async () => {
    const told = await boto(
      reached,
      BUCKET,
      `
data = os.urandom(300_000)
for name in ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]:
    s3.put_object(Bucket=bucket, Key=name, Body=data, ChecksumAlgorithm=name)
    got = s3.get_object(Bucket=bucket, Key=name, ChecksumMode="ENABLED")
    tell([name, got["Body"].read() == data, got["Checksum" + name] != ""])
large = os.urandom(11 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(large), bucket, "large", Config=boto3.s3.transfer.TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20))
back = io.BytesIO()
s3.download_fileobj(bucket, "large", back)
tell([back.getvalue() == large, s3.head_object(Bucket=bucket, Key="large")["ETag"][-3:]])
unsigned = client(s3={"payload_signing_enabled": False})
unsigned.put_object(Bucket=bucket, Key="u", Body=b"unsigned")
tell(unsigned.get_object(Bucket=bucket, Key="u")["Body"].read().decode())
`,
    );
    expect(told).toEqual([
      ...["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"].map((name) => [name, true, true]),
      [true, '-3"'],
      "unsigned",
    ]);
  });

  test("faults: what boto3 makes of them", async () => {
    put("slowDown", {}, { count: 2 });
    expect(
      await boto(
        reached,
        BUCKET,
        `tell(client(attempts=3).head_bucket(Bucket=bucket)["ResponseMetadata"]["RetryAttempts"])`,
      ),
    ).toEqual([2]);
    put("list.tokenLoop");
    const loop = `s3.put_object(Bucket=bucket, Key="k", Body=b"x"); tell(failure(lambda: [p for p in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)]))`;
    expect(await boto(reached, BUCKET, loop)).toEqual([["PaginationError"]]);
    put("truncatedBody", { share: 0.5 });
    const get = `tell(failure(lambda: s3.get_object(Bucket=bucket, Key="CRC32")["Body"].read()))`;
    expect(await boto(reached, BUCKET, get)).toEqual([
      [expect.stringMatching(/IncompleteRead|ResponseStreaming|ProtocolError/)],
    ]);
    put("checksum.trailerBad", { on: "download" });
    expect(await boto(reached, BUCKET, get)).toEqual([["FlexibleChecksumError"]]);
    put("creds.rotated");
    expect(await boto(reached, BUCKET, `tell(failure(lambda: s3.list_objects_v2(Bucket=bucket)))`)).toEqual([
      ["SignatureDoesNotMatch", 403],
    ]);
    put("creds.expired");
    expect(await boto(reached, BUCKET, `tell(failure(lambda: s3.list_objects_v2(Bucket=bucket)))`)).toEqual([
      ["ExpiredToken", 400],
    ]);
  });
});

test(
  "s3cmd: there and back, in parts, listed, deleted",
  async () => {
    const large = file("large.bin", noise(12 * MIB));
    const s3cmd = (...words: string[]) => run(reached, "s3cmd", ...words);
    expect((await s3cmd("mb", "s3://cmd-bucket")).told).toContain("Bucket 's3://cmd-bucket/' created");
    await done(s3cmd("put", "--multipart-chunk-size-mb=5", large, "s3://cmd-bucket/a dir/large"));
    await done(s3cmd("put", file("ü.txt", "small"), "s3://cmd-bucket/ü.txt"));
    expect((await s3cmd("ls", "-r", "s3://cmd-bucket")).stdout).toMatch(
      /12582912\s+s3:\/\/cmd-bucket\/a dir\/large/,
    );
    await done(s3cmd("get", "s3://cmd-bucket/a dir/large", join(folder, "back")));
    expect(readFileSync(join(folder, "back")).equals(readFileSync(large))).toBe(true);
    await done(s3cmd("cp", "s3://cmd-bucket/ü.txt", "s3://cmd-bucket/copy.txt"));
    // It compares the answer's ETag with the MD5 of what it sent.
    put("etag.mismatch");
    expect((await s3cmd("put", file("x", "text"), "s3://cmd-bucket/x")).told).toMatch(
      /MD5 Sums? do(n't|es not) match/i,
    );
    reached.mock.faults.clear();
    expect((await s3cmd("rb", "s3://cmd-bucket")).told).toContain("BucketNotEmpty");
    await done(s3cmd("del", "-r", "-f", "s3://cmd-bucket"));
    await done(s3cmd("rb", "s3://cmd-bucket"));
  },
  PATIENCE_MS,
);

test(
  "rclone: a folder there and back, checked",
  async () => {
    mkdirSync(join(folder, "tree", "sub"), { recursive: true });
    file("tree/one", "1");
    file("tree/sub/two ü", noise(6 * MIB));
    const rclone = (...words: string[]) => run(reached, "rclone", ...words);
    const tree = join(folder, "tree");
    await done(rclone("mkdir", "mock:clone-bucket"));
    await done(rclone("copy", "--s3-upload-cutoff=5M", "--s3-chunk-size=5M", tree, "mock:clone-bucket/t"));
    expect((await rclone("lsf", "-R", "mock:clone-bucket/t")).stdout.split("\n").toSorted()).toEqual([
      "one",
      "sub/",
      "sub/two ü",
    ]);
    expect((await rclone("check", tree, "mock:clone-bucket/t")).told).toContain("0 differences found");
    expect((await rclone("check", "--download", tree, "mock:clone-bucket/t")).told).toContain(
      "0 differences found",
    );
    put("truncatedBody", { share: 0.5 });
    expect((await rclone("cat", "mock:clone-bucket/t/sub/two ü")).exitCode).not.toBe(0);
    put("list.missingKey");
    expect((await rclone("check", tree, "mock:clone-bucket/t")).exitCode).not.toBe(0);
    reached.mock.faults.clear();
    await done(rclone("purge", "mock:clone-bucket"));
  },
  PATIENCE_MS,
);

test(
  "aws: copies, synchronises, presigns",
  async () => {
    const aws = (...words: string[]) => run(reached, "aws", ...words);
    const tree = join(folder, "aws");
    mkdirSync(tree, { recursive: true });
    file("aws/one", "1");
    file("aws/large", noise(9 * MIB));
    expect((await aws("s3", "mb", "s3://aws-bucket")).stdout).toContain("make_bucket: aws-bucket");
    await done(aws("s3", "sync", tree, "s3://aws-bucket/t"));
    expect((await aws("s3", "sync", tree, "s3://aws-bucket/t")).stdout.trim()).toBe("");
    expect((await aws("s3", "ls", "--recursive", "s3://aws-bucket")).stdout).toMatch(
      /9437184 t\/large\n.*1 t\/one/,
    );
    await done(aws("s3", "cp", "s3://aws-bucket/t/large", join(folder, "aws-back")));
    expect(readFileSync(join(folder, "aws-back")).equals(readFileSync(join(tree, "large")))).toBe(true);
    const url = (await aws("s3", "presign", "s3://aws-bucket/t/one")).stdout.trim();
    expect(await (await fetch(url)).text()).toBe("1");
    put("access.denied");
    expect((await aws("s3", "ls", "s3://aws-bucket")).told).toContain("(AccessDenied)");
    put("bucket.missing");
    expect((await aws("s3", "ls", "s3://aws-bucket")).told).toContain("(NoSuchBucket)");
  },
  PATIENCE_MS,
);
