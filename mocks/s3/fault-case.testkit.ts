import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { BUCKET, clientsOf, REACH } from "./clients.testkit.ts";
import type { ClientOptions, Clients, Reached } from "./clients.testkit.ts";

/** One fault against real clients. */
export interface Scene extends Clients {
  readonly reached: Reached;
  /** Another client of the same mock. */
  client(options: ClientOptions): Clients["aws"];
  /** Puts the fault under test with these parameters. */
  put(params?: object, more?: object): void;
  hits(): number;
}

/** Runs `play` against a fresh standalone mock that holds `k` (1,000 bytes of "x"). */
export async function stage(
  kind: string,
  play: (scene: Scene) => Promise<void>,
  settings: Record<string, string> = {},
): Promise<void> {
  const reached = await REACH.standalone({ settings });
  const clients = clientsOf(reached, { region: "us-east-1" });
  try {
    await upload(clients.aws, "k", "x".repeat(1_000));
    await play({
      ...clients,
      reached,
      client: (options) => clientsOf(reached, options).aws,
      put: (params = {}, more = {}) => void reached.mock.faults.put("fault", { kind, params, ...more }),
      hits: () => reached.mock.faults.list().find(({ id }) => id === "fault")?.hits ?? 0,
    });
  } finally {
    await reached.close();
  }
}

export function upload(aws: Clients["aws"], Key: string, Body: string | Buffer) {
  return aws.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
}

/** An object to its last byte. */
export async function download(aws: Clients["aws"], Key = "k", more: object = {}): Promise<string> {
  const { Body } = await aws.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
  return (await Body?.transformToString()) ?? "";
}

export async function listKeys(aws: Clients["aws"]): Promise<string[]> {
  const { Contents = [] } = await aws.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key = "" }) => Key);
}

/** A multipart upload of one small part, as a program would do it. */
export async function uploadInParts(aws: Clients["aws"], Key: string): Promise<void> {
  const { UploadId } = await aws.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }));
  const named = { Bucket: BUCKET, Key, UploadId };
  const { ETag } = await aws.send(new UploadPartCommand({ ...named, PartNumber: 1, Body: "part" }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await aws.send(new CompleteMultipartUploadCommand({ ...named, MultipartUpload }));
}
