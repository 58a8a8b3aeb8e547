import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { OWNER } from "../bucket/buckets.ts";
import { readListQuestion } from "../list/question.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { isoSeconds } from "../text.ts";

/** Uploads that go on, by key and then by their beginning. @throws InvalidArgument, NotImplemented */
export function listUploads(call: AllowedCall): MockResponse {
  const bucket = bucketOf(call);
  const { prefix, delimiter, maxKeys, shown, encoding } = readListQuestion(call, "max-uploads");
  const keyMarker = call.query.get("key-marker") ?? "";
  const idMarker = call.query.get("upload-id-marker") ?? "";
  const groups = new Set<string>();
  const rest = [...bucket.uploads.values()]
    .filter(
      ({ key, id }) =>
        key.startsWith(prefix) &&
        (key > keyMarker || (key === keyMarker && idMarker !== "" && id > idMarker)),
    )
    .filter(({ key }) => {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      if (end !== -1) groups.add(key.slice(0, end + delimiter.length));
      return end === -1;
    })
    .toSorted((a, b) => (a.key === b.key ? (a.id < b.id ? -1 : 1) : a.key < b.key ? -1 : 1));
  const page = rest.slice(0, maxKeys);
  const last = page.at(-1);
  return xmlReply("ListMultipartUploadsResult", {
    Bucket: bucket.name,
    KeyMarker: shown(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last === undefined ? null : shown(last.key),
    NextUploadIdMarker: last?.id,
    Prefix: shown(prefix),
    Delimiter: delimiter === "" ? null : shown(delimiter),
    EncodingType: encoding,
    MaxUploads: maxKeys,
    IsTruncated: rest.length > page.length,
    Upload: page.map(({ key, id, initiatedMs, storageClass, checksum }) => ({
      Key: shown(key),
      UploadId: id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: storageClass,
      Initiated: isoSeconds(initiatedMs),
      ChecksumAlgorithm: checksum?.algorithm.toUpperCase(),
      ChecksumType: checksum?.type,
    })),
    CommonPrefixes: [...groups].toSorted().map((group) => ({ Prefix: shown(group) })),
  });
}
