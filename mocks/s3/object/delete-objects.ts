import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { S3Error } from "../error.ts";
import { readPayload } from "../payload/payload.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { readXml } from "../xml.ts";

/** Of one request. */
const MAX_KEYS = 1_000;

/** @throws InvalidRequest, MalformedXML */
export function deleteObjects(call: AllowedCall): MockResponse {
  const { request, service, identity } = call;
  const bucket = bucketOf(call);
  const { pieces, checksum } = readPayload(call, identity);
  if (request.headers["content-md5"] === undefined && checksum === null)
    throw new S3Error("InvalidRequest", { message: "Missing required header for this request: Content-MD5" });
  const asked = readXml(Buffer.concat(pieces), "Delete");
  const objects = asked["Object"] as readonly Readonly<Record<string, unknown>>[] | undefined;
  if (objects === undefined || objects.length > MAX_KEYS) throw new S3Error("MalformedXML");
  const keys = objects.map(({ Key }) => {
    if (typeof Key !== "string" || Key === "") throw new S3Error("MalformedXML");
    return Key;
  });
  const withVersion = objects.find(({ VersionId = "null" }) => VersionId !== "null" && VersionId !== "");
  if (withVersion !== undefined) {
    service.world.unmodelled("DeleteObjects with VersionId");
    throw new S3Error("NotImplemented");
  }
  for (const key of keys) service.store.delete(bucket, key);
  const quiet = String(asked["Quiet"]).trim() === "true";
  return xmlReply("DeleteResult", quiet ? null : { Deleted: keys.map((Key) => ({ Key })) });
}
