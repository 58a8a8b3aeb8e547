import type { MockResponse } from "../../core/http.ts";
import { bucketOf, checkAccess } from "../access.ts";
import { serverMs } from "../auth/credentials.ts";
import { invalidArgument, S3Error } from "../error.ts";
import { shownEtag } from "../etag-fault.ts";
import { locationOf } from "../location.ts";
import { checkKey, checkWriteHeaders, keptHeaders, storageClassOf } from "../object/headers.ts";
import { badChecksum, checksumOf, claimedChecksum, md5Of } from "../payload/checksum.ts";
import type { Checksum } from "../payload/checksum.ts";
import { faultFor } from "../service.ts";
import type { Call } from "../service.ts";
import type { Bucket } from "../store/bucket.ts";
import { etagOf, ownPieces } from "../store/object.ts";
import { xmlDocument } from "../xml.ts";
import { formIdentity } from "./form-identity.ts";
import { readForm } from "./form.ts";
import type { Form } from "./form.ts";
import { checkPolicy, readPolicy } from "./policy.ts";

/** A browser's upload, with or without a policy. @throws S3Error */
export async function postObject(call: Call): Promise<MockResponse> {
  const { service, target, skewMs } = call;
  const form = await readForm(call.request);
  const { fields, file } = form;
  const key = keyOfForm(form);
  const identity = formIdentity(call, form);
  const bucket = bucketOf(call);
  if (fields["policy"] !== undefined)
    checkPolicy(
      readPolicy(fields["policy"]),
      { ...fields, key, bucket: target.bucket ?? "" },
      file.length,
      serverMs(service, skewMs),
    );
  checkAccess(call, identity, bucket.name);
  checkKey(key);
  checkWriteHeaders(call, fields);
  if (fields["tagging"] !== undefined) {
    service.world.unmodelled("form field tagging");
    throw new S3Error("NotImplemented");
  }
  const etag = etagOf(md5Of([file]));
  service.store.put(bucket, {
    key,
    bytes: file.length,
    etag,
    modifiedMs: service.world.clock.wallMs(),
    storageClass: storageClassOf(fields),
    checksum: checksumOfForm(call, form),
    pieces: ownPieces([file]),
    headers: keptHeaders(fields),
  });
  return posted(bucket, key, shownEtag(call, etag), fields);
}

/** @throws InvalidArgument */
function keyOfForm({ fields, filename }: Form): string {
  const key = fields["key"];
  if (key === undefined || key === "")
    throw invalidArgument(
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      "key",
      "",
    );
  return key.replaceAll("${filename}", () => filename);
}

/** @throws BadDigest, InvalidRequest */
function checksumOfForm(call: Call, { fields, file }: Form): Checksum {
  const claim = claimedChecksum(fields);
  if (claim === null) return checksumOf("crc64nvme", [file]);
  const checksum = checksumOf(claim.algorithm, [file]);
  if (checksum.value !== claim.value || faultFor(call, "checksum.trailerBad", "on", "upload"))
    throw badChecksum(claim.algorithm);
  return checksum;
}

/** 204, or what the form asks for by `success_action_redirect` or `success_action_status`. */
function posted(bucket: Bucket, key: string, etag: string, fields: Form["fields"]): MockResponse {
  const location = locationOf(bucket, key);
  const headers = { etag, "x-amz-server-side-encryption": "AES256" };
  const redirect = fields["success_action_redirect"] ?? fields["redirect"] ?? "";
  if (URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag }))
      url.searchParams.append(name, value);
    return { status: 303, headers: { ...headers, location: url.href }, body: "" };
  }
  if (fields["success_action_status"] === "200")
    return { status: 200, headers: { ...headers, location }, body: "" };
  if (fields["success_action_status"] !== "201")
    return { status: 204, headers: { ...headers, location }, body: "" };
  const content = { Location: location, Bucket: bucket.name, Key: key, ETag: etag };
  return {
    status: 201,
    headers: { ...headers, location, "content-type": "application/xml" },
    body: xmlDocument("PostResponse", content, { plain: true }),
  };
}
