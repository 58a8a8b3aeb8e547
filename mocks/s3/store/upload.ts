import type { Algorithm, Checksum } from "../payload/checksum.ts";

/** A multipart upload that goes on. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** What the client announced: the whole object then has a check sum of this kind. */
  readonly checksum: { readonly algorithm: Algorithm; readonly type: Checksum["type"] } | null;
  readonly parts: Map<number, Part>;
}

export interface Part {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly md5: Buffer;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: Checksum | null;
}
