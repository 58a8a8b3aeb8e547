import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import type { PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, clientsOf, failureOf, KEY, REACH } from "./clients.testkit.ts";
import type { Clients, Reached } from "./clients.testkit.ts";

const FOLDER = "data/hotkey=5F3sa2TJAWMqDhXG6jhV4N8ko9SxwGy8TpaNS1repo5EYjQX/";
/** What the API of subnet 46 hands to its miners: the policy that s3rver lets everything through. */
const POLICY: Omit<PresignedPostOptions, "Bucket"> = {
  Key: `${FOLDER}\${filename}`,
  Expires: 86_400,
  Fields: { acl: "private", "x-amz-storage-class": "STANDARD" },
  Conditions: [
    { acl: "private" },
    ["starts-with", "$key", FOLDER],
    ["content-length-range", 1_024, 5_368_709_120],
    { "x-amz-storage-class": "STANDARD" },
  ],
};

interface Change {
  readonly fields?: Record<string, string>;
  readonly without?: readonly string[];
  readonly bytes?: number;
  readonly after?: Record<string, string>;
}

describe.each(["standalone", "socket interceptor"] as const)(
  "a form is held against its policy, %s",
  (mount) => {
    let reached: Reached;
    let clients: Clients;
    beforeAll(async () => {
      reached = await REACH[mount]();
      clients = clientsOf(reached);
    });
    afterAll(() => reached.close());

    const post = async (options: Partial<PresignedPostOptions> = {}, change: Change = {}) => {
      const { url, fields } = await createPresignedPost(clients.aws, {
        Bucket: BUCKET,
        ...POLICY,
        ...options,
      });
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, ...change.fields }))
        if (change.without?.includes(name) !== true) form.append(name, value);
      form.append("file", new Blob([Buffer.alloc(change.bytes ?? 2_000, 1)]), "day 1.parquet");
      for (const [name, value] of Object.entries(change.after ?? {})) form.append(name, value);
      return fetch(url, { method: "POST", body: form, redirect: "manual" });
    };
    const told = async (options: Partial<PresignedPostOptions> = {}, change: Change = {}) => {
      const response = await post(options, change);
      const code = /<Code>(\w+)<\/Code><Message>([^<]*)/.exec(await response.text());
      return code === null ? String(response.status) : `${response.status} ${code[1]}: ${code[2]}`;
    };

    test("a good one is stored under the file's name", async () => {
      expect(await told()).toBe("204");
      const { ContentLength, StorageClass } = await clients.aws.send(
        new HeadObjectCommand({ Bucket: BUCKET, Key: `${FOLDER}day 1.parquet` }),
      );
      expect([ContentLength, StorageClass]).toEqual([2_000, undefined]);
      expect(
        await failureOf(clients.aws.send(new GetObjectCommand({ Bucket: BUCKET, Key: POLICY.Key }))),
      ).toMatch(/^NoSuchKey/);
    });

    test.each([
      [
        "a key outside the prefix",
        { fields: { key: "data/hotkey=other/x" } },
        /^403 AccessDenied: Invalid according to Policy: Policy Condition failed: \[&quot;starts-with&quot;, &quot;\$key&quot;, &quot;data\/hotkey=/,
      ],
      ["too few bytes", { bytes: 10 }, /^400 EntityTooSmall/],
      [
        "another acl",
        { fields: { acl: "public-read" } },
        /^403 AccessDenied: .*\[&quot;eq&quot;, &quot;\$acl&quot;/,
      ],
      ["no acl", { without: ["acl"] }, /^403 AccessDenied: .*\$acl/],
      [
        "a field that nobody foresaw",
        { fields: { "x-amz-meta-who": "me" } },
        /^403 AccessDenied: .*Extra input fields: x-amz-meta-who/,
      ],
      [
        "a signature of zeros",
        { fields: { "X-Amz-Signature": "0".repeat(64) } },
        /^403 SignatureDoesNotMatch/,
      ],
      [
        "another policy",
        { fields: { Policy: Buffer.from("{}").toString("base64") } },
        /^403 SignatureDoesNotMatch/,
      ],
      [
        "an unknown key",
        { fields: { "X-Amz-Credential": "NOBODY/20260101/us-east-1/s3/aws4_request" } },
        /^403 InvalidAccessKeyId/,
      ],
      ["no policy", { without: ["Policy"] }, /^403 AccessDenied: Access Denied/],
      ["no key", { without: ["key"] }, /^400 InvalidArgument: .*named 'key'/],
      ["no signature", { without: ["X-Amz-Signature"] }, /^400 InvalidArgument: .*named 'X-Amz-Signature'/],
    ] as const)("%s", async (_, change, expected) => {
      expect(await told({}, change)).toMatch(expected);
    });

    test("rotated keys: forms that were signed before are worth nothing, and only this tenant's", async () => {
      const rotate = (key: string) =>
        void reached.mock.faults.put("r", { kind: "creds.rotated", scope: { key, operation: "PostObject" } });
      rotate("SOMEBODY");
      expect(await told()).toBe("204");
      rotate(KEY);
      expect(await told()).toMatch(/^403 SignatureDoesNotMatch/);
      reached.mock.faults.clear();
    });

    test("too many bytes, and a policy that is over", async () => {
      const small = [["content-length-range", 1, 100]] as NonNullable<PresignedPostOptions["Conditions"]>;
      expect(await told({ Key: "k", Fields: {}, Conditions: small }, { bytes: 101 })).toMatch(
        /^400 EntityTooLarge/,
      );
      expect(await told({ Expires: -60 })).toMatch(
        /^403 AccessDenied: Invalid according to Policy: Policy expired\./,
      );
    });

    test("what stands behind the file is not read", async () => {
      expect(await told({}, { after: { acl: "public-read", "x-amz-meta-late": "1" } })).toBe("204");
    });

    test("success_action_status and success_action_redirect", async () => {
      const plain = { Key: "answers/${filename}", Conditions: [] };
      const created = await post({ ...plain, Fields: { success_action_status: "201" } });
      expect([created.status, await created.text()]).toEqual([
        201,
        expect.stringMatching(/<PostResponse><Location>.*<Key>answers\/day 1\.parquet<\/Key><ETag>&quot;/),
      ]);
      const there = await post({
        ...plain,
        Fields: { success_action_redirect: "https://example.com/done?a=1" },
      });
      expect([there.status, there.headers.get("location")]).toEqual([
        303,
        expect.stringMatching(
          /^https:\/\/example\.com\/done\?a=1&bucket=a-bucket&key=answers%2Fday\+1\.parquet&etag=%22/,
        ),
      ]);
    });

    test("what is no form", async () => {
      const { url } = await createPresignedPost(clients.aws, { Bucket: BUCKET, ...POLICY });
      const send = async (body: string, type: string) =>
        (await fetch(url, { method: "POST", body, headers: { "content-type": type } })).text();
      expect(await send("{}", "application/json")).toContain("<Code>PreconditionFailed</Code>");
      expect(await send("x", "multipart/form-data; boundary=y")).toContain(
        "<Code>MalformedPOSTRequest</Code>",
      );
      expect(await send("--y--\r\n", "multipart/form-data; boundary=y")).toContain("exactly one file upload");
    });

    test("minio's policies", async () => {
      const policy = clients.minio.newPostPolicy();
      policy.setBucket(BUCKET);
      policy.setKeyStartsWith("minio/");
      policy.setExpires(new Date(Date.now() + 60_000));
      policy.setContentLengthRange(1, 10);
      const { postURL, formData } = await clients.minio.presignedPostPolicy(policy);
      const send = async (key: string, text: string) => {
        const form = new FormData();
        for (const [name, value] of Object.entries({ ...formData, key })) form.append(name, value);
        form.append("file", new Blob([text]), "f");
        return (await fetch(postURL, { method: "POST", body: form })).status;
      };
      expect([
        await send("minio/x", "ok"),
        await send("other/x", "ok"),
        await send("minio/x", "far too much"),
      ]).toEqual([204, 403, 400]);
    });
  },
);
