import { S3Error } from "../error.ts";
import type { ListedObject } from "../store/object.ts";

type Headers = Readonly<Record<string, string>>;

const names = (header: string, etag: string) =>
  header === "*" ||
  header.split(",").some((part) => part.trim().replaceAll('"', "") === etag.replaceAll('"', ""));

/** RFC 9110 §13.2.2. True: 304, the reader has it. @throws PreconditionFailed */
export function isNotModified(headers: Headers, object: ListedObject, prefix = ""): boolean {
  const header = (name: string) => headers[`${prefix}${name}`];
  const modifiedMs = Math.floor(object.modifiedMs / 1_000) * 1_000;
  const [match, noneMatch] = [header("if-match"), header("if-none-match")];
  const [since, unmodifiedSince] = [header("if-modified-since"), header("if-unmodified-since")];
  if (match !== undefined && !names(match, object.etag)) throw failed("If-Match");
  if (match === undefined && unmodifiedSince !== undefined && modifiedMs > Date.parse(unmodifiedSince))
    throw failed("If-Unmodified-Since");
  if (noneMatch !== undefined) return names(noneMatch, object.etag);
  return since !== undefined && modifiedMs <= Date.parse(since);
}

/** For a copy's source, where 304 makes no sense. @throws PreconditionFailed */
export function checkCopyConditions(headers: Headers, source: ListedObject): void {
  if (isNotModified(headers, source, "x-amz-copy-source-")) throw failed("x-amz-copy-source-If-None-Match");
}

/** Conditional writes: `If-None-Match: *` and `If-Match`. @throws PreconditionFailed, NoSuchKey */
export function checkWriteConditions(headers: Headers, key: string, before: ListedObject | undefined): void {
  const [match, noneMatch] = [headers["if-match"], headers["if-none-match"]];
  if (noneMatch !== undefined && noneMatch !== "*")
    throw new S3Error("NotImplemented", { fields: { Header: "If-None-Match" } });
  if (noneMatch === "*" && before !== undefined) throw failed("If-None-Match");
  if (match === undefined) return;
  if (before === undefined) throw new S3Error("NoSuchKey", { fields: { Key: key } });
  if (!names(match, before.etag)) throw failed("If-Match");
}

function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", { fields: { Condition: condition } });
}
