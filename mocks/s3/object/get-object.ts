import { Cut } from "../../core/http.ts";
import type { MockBody, MockResponse } from "../../core/http.ts";
import { bucketOf, keyOf } from "../access.ts";
import { S3Error } from "../error.ts";
import { shownEtag } from "../etag-fault.ts";
import { checksumHeaders, checksumOf } from "../payload/checksum.ts";
import type { Checksum } from "../payload/checksum.ts";
import { faultFor } from "../service.ts";
import type { AllowedCall } from "../service.ts";
import { slicePieces } from "../store/object.ts";
import type { StoredObject } from "../store/object.ts";
import { isNotModified } from "./conditions.ts";
import { readRange } from "./range.ts";

/** Query names that override a header of the answer. */
const OVERRIDES = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];
/** What must be restored first. */
const COLD = ["GLACIER", "DEEP_ARCHIVE"];

/** @throws S3Error */
export function getObject(call: AllowedCall): MockResponse {
  const object = objectOf(call);
  if (COLD.includes(object.storageClass))
    throw new S3Error("InvalidObjectState", { fields: { StorageClass: object.storageClass } });
  const { status, headers, from, to } = describe(call, object);
  if (status === 304) return { status, headers, body: "" };
  const pieces = slicePieces(object.pieces, from, to);
  const cut = call.exchange.fault("truncatedBody");
  if (cut === null) return { status, headers, body: bodyOf(pieces) };
  const left = slicePieces(pieces, 0, Math.floor((to - from) * Number(cut.params["share"])));
  const how = cut.params["how"];
  if (how !== "short") return { status, headers, body: cutBody(left, how === "rst" ? "rst" : "fin") };
  const length = left.reduce((sum, piece) => sum + piece.length, 0);
  return { status, headers: { ...headers, "content-length": String(length) }, body: bodyOf(left) };
}

/** @throws S3Error */
export function headObject(call: AllowedCall): MockResponse {
  const { status, headers } = describe(call, objectOf(call));
  return { status, headers, body: "" };
}

function objectOf(call: AllowedCall): StoredObject {
  const key = keyOf(call);
  const object = bucketOf(call).objects.get(key);
  if (object === undefined) throw new S3Error("NoSuchKey", { fields: { Key: key } });
  return object;
}

/** Status and headers for GET and HEAD, and the bytes that are asked for. */
function describe(call: AllowedCall, object: StoredObject) {
  const { request } = call;
  const etag = shownEtag(call, object.etag);
  const common = { etag, "last-modified": new Date(object.modifiedMs).toUTCString() };
  if (isNotModified(request.headers, { ...object, etag }))
    return { status: 304, headers: common, from: 0, to: 0 };
  const range = readRange(request.headers["range"], object.bytes);
  const { from, to } = range ?? { from: 0, to: object.bytes };
  const headers: Record<string, string> = {
    ...object.headers,
    ...common,
    ...overrides(call),
    "accept-ranges": "bytes",
    "content-length": String(to - from),
    "x-amz-server-side-encryption": "AES256",
    ...(object.storageClass === "STANDARD" ? {} : { "x-amz-storage-class": object.storageClass }),
    // A check sum is of the whole object.
    ...(request.headers["x-amz-checksum-mode"] === "ENABLED" && range === null
      ? checksumHeaders(shownChecksum(call, object.checksum))
      : {}),
    ...(range === null ? {} : { "content-range": `bytes ${from}-${to - 1}/${object.bytes}` }),
  };
  return { status: range === null ? 200 : 206, headers, from, to };
}

function overrides({ query, identity }: AllowedCall): Record<string, string> {
  const asked = OVERRIDES.filter((name) => query.has(`response-${name}`));
  if (asked.length > 0 && identity.tenant === null)
    throw new S3Error("InvalidRequest", {
      message: "Request specific response headers cannot be used for anonymous GET requests.",
    });
  return Object.fromEntries(asked.map((name) => [name, query.get(`response-${name}`) ?? ""]));
}

function shownChecksum(call: AllowedCall, checksum: Checksum | null): Checksum | null {
  if (checksum === null || !faultFor(call, "checksum.trailerBad", "on", "download")) return checksum;
  return checksumOf(checksum.algorithm, [Buffer.from("something else")]);
}

function bodyOf(pieces: readonly Uint8Array[]): MockBody {
  return pieces.length > 1 ? streamOf(pieces) : (pieces[0] ?? "");
}

async function* streamOf(pieces: readonly Uint8Array[]) {
  yield* pieces;
}

async function* cutBody(pieces: readonly Uint8Array[], how: "rst" | "fin") {
  yield* pieces;
  throw new Cut(how);
}
