import type { MockWorld } from "../../core/mock.ts";
import { S3Error } from "../error.ts";
import type { S3Settings } from "../settings.ts";
import { Bucket } from "./bucket.ts";
import type { StoredObject } from "./object.ts";
import type { Part, Upload } from "./upload.ts";

/** S3's own limit of general purpose buckets was 100 an account before 2024; ours is one of memory. */
const MAX_BUCKETS = 1_000;
/** Uploads that go on at once in all buckets. */
const MAX_UPLOADS = 10_000;

/** All buckets, and how much is in them. Every change of what is stored goes through here. */
export interface Store {
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** Of all objects and parts. */
  bytes(): number;
  /** @throws TooManyBuckets */
  createBucket(name: string, region: string, owner: string | null): void;
  deleteBucket(name: string): void;
  /** @throws XMinioStorageFull */
  put(bucket: Bucket, object: StoredObject): void;
  delete(bucket: Bucket, key: string): void;
  /** @throws XMinioStorageFull */
  openUpload(bucket: Bucket, upload: Upload): void;
  /** @throws XMinioStorageFull */
  putPart(upload: Upload, number: number, part: Part): void;
  /** With its parts. */
  closeUpload(bucket: Bucket, upload: Upload): void;
}

export function createStore({ clock }: MockWorld, settings: S3Settings): Store {
  const buckets = new Map<string, Bucket>();
  let bytes = 0;
  let objects = 0;
  let uploads = 0;
  const create = (name: string, region: string, owner: string | null) =>
    void buckets.set(name, new Bucket(name, region, clock.wallMs(), owner));
  const take = (more: number, objectsMore: number) => {
    const full = bytes + more > settings.maxBytes || objects + objectsMore > settings.maxObjects;
    if (full && (more > 0 || objectsMore > 0)) throw new S3Error("XMinioStorageFull");
    bytes += more;
    objects += objectsMore;
  };
  for (const name of settings.buckets) create(name, settings.region, null);
  return {
    buckets,
    bytes: () => bytes,
    createBucket(name, region, owner) {
      if (buckets.size >= MAX_BUCKETS) throw new S3Error("TooManyBuckets");
      create(name, region, owner);
    },
    deleteBucket: (name) => void buckets.delete(name),
    put(bucket, object) {
      const before = bucket.objects.get(object.key);
      take(object.bytes - (before?.bytes ?? 0), before === undefined ? 1 : 0);
      bucket.set(object.key, object, clock.nowMs());
    },
    delete(bucket, key) {
      const before = bucket.objects.get(key);
      if (before === undefined) return;
      take(-before.bytes, -1);
      bucket.set(key, null, clock.nowMs());
    },
    openUpload(bucket, upload) {
      if (uploads >= MAX_UPLOADS) throw new S3Error("XMinioStorageFull");
      uploads += 1;
      bucket.uploads.set(upload.id, upload);
    },
    putPart(upload, number, part) {
      take(part.bytes - (upload.parts.get(number)?.bytes ?? 0), 0);
      upload.parts.set(number, part);
    },
    closeUpload(bucket, upload) {
      if (!bucket.uploads.delete(upload.id)) return;
      uploads -= 1;
      for (const part of upload.parts.values()) take(-part.bytes, 0);
    },
  };
}
