import { S3Error } from "../error.ts";

export interface Range {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * One range of bytes (RFC 9110 §14.1.2); null: the whole. S3 ignores what it can't read and several ranges at once.
 * @throws InvalidRange
 */
export function readRange(header: string | undefined, bytes: number): Range | null {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [, first = "", last = ""] = parts ?? [];
  if (parts === null || (first === "" && last === "")) return null;
  const from = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === "" || last === "" ? bytes : Math.min(bytes, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < from) return null;
  if (from < to) return { from, to };
  throw new S3Error("InvalidRange", { fields: { RangeRequested: header, ActualObjectSize: bytes } });
}
