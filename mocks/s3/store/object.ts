import type { Checksum } from "../payload/checksum.ts";

/** What a listing shows. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** With its quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly storageClass: string;
  readonly checksum: Checksum | null;
}

export interface StoredObject extends ListedObject {
  /** The parts of a multipart upload stay apart: nothing copies them. */
  readonly pieces: readonly Uint8Array[];
  /** `content-type`, `x-amz-meta-…` and so on, as they are answered. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Quoted hex, as S3 shows an MD5; of a multipart upload with `-N`. */
export function etagOf(md5: Buffer, parts: number | null = null): string {
  return `"${md5.toString("hex")}${parts === null ? "" : `-${parts}`}"`;
}

/** Pieces that keep nothing else alive: a small view of a large buffer is copied. */
export function ownPieces(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return pieces
    .filter((piece) => piece.length > 0)
    .map((piece) => (piece.length * 2 < piece.buffer.byteLength ? Uint8Array.from(piece) : piece));
}

/** Bytes `from` to `to` (exclusive) of pieces, as views. */
export function slicePieces(pieces: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const cut: Uint8Array[] = [];
  let start = 0;
  for (const piece of pieces) {
    const part = piece.subarray(Math.max(0, from - start), Math.max(0, to - start));
    if (part.length > 0) cut.push(part);
    start += piece.length;
  }
  return cut;
}
