import { Readable } from "node:stream";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, clientsOf, REACH } from "./clients.testkit.ts";

const MIB = 1024 * 1024;
const PART_BYTES = 10 * MIB;
const PARTS = 10;

test("100 MiB go in and out; the process holds the object once and a few parts more", async () => {
  const reached = await REACH.standalone();
  const { aws } = clientsOf(reached);
  const named = { Bucket: BUCKET, Key: "large" };
  const source = Buffer.alloc(PART_BYTES, "0123456789abcdef");
  let most = 0;
  const heldBytes = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    most = Math.max(most, heapUsed + arrayBuffers);
    return heapUsed + arrayBuffers;
  };
  const before = heldBytes();
  most = before;
  const { UploadId } = await aws.send(new CreateMultipartUploadCommand(named));
  const parts = [];
  for (let PartNumber = 1; PartNumber <= PARTS; PartNumber++) {
    const { ETag } = await aws.send(
      new UploadPartCommand({
        ...named,
        UploadId,
        PartNumber,
        Body: Readable.from([source]),
        ContentLength: PART_BYTES,
      }),
    );
    parts.push({ PartNumber, ETag });

    heldBytes();
  }
  await aws.send(
    new CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts: parts } }),
  );
  const { Body, ContentLength } = await aws.send(new GetObjectCommand(named));
  let bytes = 0;
  for await (const piece of Body as Readable) {
    bytes += (piece as Buffer).length;
    heldBytes();
  }
  expect([ContentLength, bytes]).toEqual([PARTS * PART_BYTES, PARTS * PART_BYTES]);
  expect(reached.mock.built.state()).toMatchObject({ bytes: PARTS * PART_BYTES });
  // The object itself, and what the collector has not taken yet of the parts on their way.
  expect((most - before) / MIB).toBeLessThan(250);
  await reached.close();
}, 120_000);
