import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { entries } from "./entries.ts";
import { listedNow, spoilPage } from "./list-faults.ts";
import { pageOf } from "./page.ts";
import { readListQuestion } from "./question.ts";

/** The first version, which many clients still speak: `marker` instead of a token. */
export function listObjects(call: AllowedCall): MockResponse {
  const question = readListQuestion(call);
  const { prefix, delimiter, maxKeys, shown, encoding } = question;
  const marker = call.query.get("marker") ?? "";
  const loops = call.exchange.fault("list.tokenLoop") !== null;
  const page = spoilPage(call, pageOf(listedNow(call), { ...question, after: marker }));
  const next = loops ? marker : page.next;
  return xmlReply("ListBucketResult", {
    Name: bucketOf(call).name,
    Prefix: shown(prefix),
    Marker: shown(marker),
    // Without a delimiter the last key says where to go on.
    NextMarker: next !== null && (delimiter !== "" || loops) ? shown(next) : null,
    MaxKeys: maxKeys,
    Delimiter: delimiter === "" ? null : shown(delimiter),
    EncodingType: encoding,
    IsTruncated: next !== null,
    ...entries(page, question, true),
  });
}
