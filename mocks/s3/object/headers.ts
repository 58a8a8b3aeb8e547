import { S3Error, invalidArgument } from "../error.ts";
import type { Call } from "../service.ts";

/** Kept with an object and answered with it. */
const KEPT = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
/** "Editing object metadata": 2 KB of names and values together. */
const MAX_METADATA_BYTES = 2_048;
/** "Object key names": 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1_024;
const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
];
const CANNED_ACLS = [
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "aws-exec-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
];
/** Asks for what the mock does not do, so it must not be taken for done. */
const UNKNOWN = [
  "x-amz-tagging",
  "x-amz-website-redirect-location",
  "x-amz-object-lock-mode",
  "x-amz-object-lock-legal-hold",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-grant-read",
  "x-amz-grant-full-control",
  "x-amz-write-offset-bytes",
];

type Headers = Readonly<Record<string, string>>;

/** What of a request's headers (or a form's fields) stays with the object. @throws MetadataTooLarge */
export function keptHeaders(given: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(given)) {
    if (KEPT.includes(name)) kept[name] = value;
    if (!name.startsWith("x-amz-meta-")) continue;
    kept[name] = value;
    bytes += Buffer.byteLength(name.slice("x-amz-meta-".length)) + Buffer.byteLength(value);
  }
  if (bytes > MAX_METADATA_BYTES)
    throw new S3Error("MetadataTooLarge", { fields: { Size: bytes, MaxSizeAllowed: MAX_METADATA_BYTES } });
  const encoding = (kept["content-encoding"] ?? "").split(",").map((part) => part.trim());
  const own = encoding.filter((part) => part !== "aws-chunked" && part !== "").join(",");
  if (own === "") delete kept["content-encoding"];
  else kept["content-encoding"] = own;
  return { "content-type": "binary/octet-stream", ...kept };
}

/** @throws InvalidStorageClass */
export function storageClassOf(given: Headers): string {
  const name = given["x-amz-storage-class"] ?? "STANDARD";
  if (!STORAGE_CLASSES.includes(name))
    throw new S3Error("InvalidStorageClass", { fields: { StorageClassRequested: name } });
  return name;
}

/** @throws NotImplemented, AccessControlListNotSupported, InvalidArgument */
export function checkWriteHeaders({ service }: Call, given: Headers): void {
  const encryption = given["x-amz-server-side-encryption"] ?? "AES256";
  const unknown = UNKNOWN.find((name) => given[name] !== undefined);
  if (unknown !== undefined || encryption !== "AES256") {
    const header = unknown ?? "x-amz-server-side-encryption";
    service.world.unmodelled(`header ${header}`);
    throw new S3Error("NotImplemented", { fields: { Header: header } });
  }
  const acl = given["x-amz-acl"] ?? given["acl"];
  if (acl === undefined) return;
  if (!CANNED_ACLS.includes(acl)) throw invalidArgument("Invalid Argument", "x-amz-acl", acl);
  if (!service.settings.acls && acl !== "bucket-owner-full-control")
    throw new S3Error("AccessControlListNotSupported");
}

/** @throws KeyTooLongError */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES)
    throw new S3Error("KeyTooLongError", { fields: { Size: bytes, MaxSizeAllowed: MAX_KEY_BYTES } });
}
