import type { ListedObject, StoredObject } from "./object.ts";
import type { Upload } from "./upload.ts";

/** As far back as `list.stale` can look, and the most changes it can undo. */
const HISTORY_MS = 60_000;
const MAX_HISTORY = 10_000;

/** One bucket: objects by key, uploads by id, and what changed in the last minute. */
export class Bucket {
  readonly name: string;
  readonly region: string;
  readonly createdMs: number;
  /** The access key of who made it; null: it was there from the start. */
  readonly owner: string | null;
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  readonly #history: { atMs: number; key: string; before: ListedObject | null }[] = [];
  #sorted: readonly ListedObject[] | null = null;

  constructor(name: string, region: string, createdMs: number, owner: string | null) {
    this.name = name;
    this.region = region;
    this.createdMs = createdMs;
    this.owner = owner;
  }

  /** Null: deletes it. */
  set(key: string, object: StoredObject | null, nowMs: number): void {
    this.#remember(key, nowMs);
    if (object === null) this.objects.delete(key);
    else this.objects.set(key, object);
    this.#sorted = null;
  }

  /** By key, in the order of its UTF-8 bytes. */
  list(): readonly ListedObject[] {
    this.#sorted ??= [...this.objects.values()].toSorted(byKey);
    return this.#sorted;
  }

  /** The listing as it was at `atMs`. */
  listAt(atMs: number): readonly ListedObject[] {
    const then = new Map<string, ListedObject>(this.objects);
    for (const change of this.#history.toReversed()) {
      if (change.atMs <= atMs) break;
      if (change.before === null) then.delete(change.key);
      else then.set(change.key, change.before);
    }
    return [...then.values()].toSorted(byKey);
  }

  #remember(key: string, nowMs: number): void {
    const before = this.objects.get(key);
    this.#history.push({ atMs: nowMs, key, before: before === undefined ? null : listedOf(before) });
    const old = this.#history.findIndex(({ atMs }) => atMs > nowMs - HISTORY_MS);
    this.#history.splice(0, Math.max(old, this.#history.length - MAX_HISTORY));
  }
}

/** Without the bytes: they may go. */
function listedOf({ key, bytes, etag, modifiedMs, storageClass, checksum }: StoredObject): ListedObject {
  return { key, bytes, etag, modifiedMs, storageClass, checksum };
}

const SURROGATE = /[\ud800-\udfff]/;

/** UTF-16 and UTF-8 order text alike but for characters beyond the first 65,536. */
function byKey({ key: a }: ListedObject, { key: b }: ListedObject): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}
