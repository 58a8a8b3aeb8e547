import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientsOf, failureOf, REACH } from "./clients.testkit.ts";
import type { Clients, Reached } from "./clients.testkit.ts";

const SETTINGS = {
  tenants: "ANNA:one:annas+shared,BERT:two:berts+shared",
  buckets: "nobodys",
  anonymous: "open",
  region: "us-east-2",
  objectOwnership: "BucketOwnerEnforced",
  maxBytes: "1000000",
};

describe("a bucket per tenant", () => {
  let reached: Reached;
  let anna: Clients["aws"];
  let bert: Clients["aws"];
  beforeAll(async () => {
    reached = await REACH.standalone({ settings: SETTINGS });
    const of = (accessKey: string, secret: string) =>
      clientsOf(reached, { accessKey, secret, region: "us-east-2" }).aws;
    [anna, bert] = [of("ANNA", "one"), of("BERT", "two")];
  });
  afterAll(() => reached.close());
  const put = (client: Clients["aws"], Bucket: string, more: object = {}) =>
    failureOf(client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...more })));

  test("everyone sees and uses what is theirs", async () => {
    const named = async (client: Clients["aws"]) =>
      (await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);
    expect(await named(anna)).toEqual(["annas", "open", "shared"]);
    expect(await named(bert)).toEqual(["berts", "open", "shared"]);
    expect([await put(anna, "annas"), await put(bert, "shared")]).toEqual([null, null]);
    expect(await put(bert, "annas")).toMatch(/^AccessDenied 403/);
    expect(await put(anna, "nobodys")).toMatch(/^AccessDenied 403/);
    expect(await put(anna, "missing")).toMatch(/^NoSuchBucket 404/);
    const copy = new CopyObjectCommand({ Bucket: "shared", Key: "stolen", CopySource: "annas/k" });
    expect(await failureOf(bert.send(copy))).toMatch(/^AccessDenied 403/);
  });

  test("an open bucket needs no signature", async () => {
    const origin = `http://127.0.0.1:${reached.port}`;
    expect((await fetch(`${origin}/open/k`, { method: "PUT", body: "by anybody" })).status).toBe(200);
    expect(await (await fetch(`${origin}/open/k`)).text()).toBe("by anybody");
    expect((await fetch(`${origin}/annas/k`)).status).toBe(403);
    expect((await fetch(`${origin}/`)).status).toBe(403);
  });

  test("making and removing buckets", async () => {
    const make = (client: Clients["aws"], Bucket: string) =>
      failureOf(
        client.send(
          new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "us-east-2" } }),
        ),
      );
    expect(await make(anna, "other")).toMatch(/^AccessDenied 403/);
    expect(await make(anna, "annas")).toMatch(/^BucketAlreadyOwnedByYou 409/);
    expect(await make(bert, "annas")).toMatch(/^BucketAlreadyExists 409/);
    await bert.send(new DeleteBucketCommand({ Bucket: "berts" }));
    expect(await failureOf(bert.send(new ListObjectsV2Command({ Bucket: "berts" })))).toMatch(
      /^NoSuchBucket 404/,
    );
    expect(await make(bert, "berts")).toBeNull();
    expect(await make(bert, "Bad_Name")).toMatch(/^InvalidBucketName/);
  });

  test("ACLs, as a bucket without them says no", async () => {
    expect(await put(anna, "annas", { ACL: "public-read" })).toMatch(/^AccessControlListNotSupported 400/);
    expect(await put(anna, "annas", { ACL: "bucket-owner-full-control" })).toBeNull();
  });

  test("limits: bytes of all, length of keys, metadata", async () => {
    expect(await put(anna, "annas", { Key: "large", Body: Buffer.alloc(1_000_001) })).toMatch(
      /^XMinioStorageFull 507/,
    );
    expect(await put(anna, "annas", { Key: "k".repeat(1_025) })).toMatch(/^KeyTooLongError 400/);
    expect(await put(anna, "annas", { Metadata: { a: "x".repeat(3_000) } })).toMatch(/^MetadataTooLarge 400/);
  });

  test("what is cold must be restored first", async () => {
    expect(await put(anna, "annas", { Key: "cold", StorageClass: "GLACIER" })).toBeNull();
    expect(await failureOf(anna.send(new GetObjectCommand({ Bucket: "annas", Key: "cold" })))).toMatch(
      /^InvalidObjectState 403/,
    );
  });
});

test("a tenant that can't be read is an error of the setting", async () => {
  await expect(REACH.standalone({ settings: { tenants: "ANNA:one" } })).rejects.toThrow(
    "a tenant can't be read",
  );
  await expect(REACH.standalone({ settings: { maxBytes: "much" } })).rejects.toThrow(
    "no positive whole number",
  );
});
