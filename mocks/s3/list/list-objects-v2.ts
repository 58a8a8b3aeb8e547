import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { invalidArgument } from "../error.ts";
import { xmlReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { entries } from "./entries.ts";
import { listedNow, spoilPage } from "./list-faults.ts";
import { pageOf } from "./page.ts";
import { readListQuestion } from "./question.ts";

/** Marks tokens as ours: clients must not look inside. */
const TOKEN_MARK = "1";

/** @throws InvalidArgument */
export function listObjectsV2(call: AllowedCall): MockResponse {
  const { query, exchange } = call;
  const question = readListQuestion(call);
  const { prefix, delimiter, maxKeys, shown, encoding } = question;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const after = token === null ? (startAfter ?? "") : readToken(token);
  const loops = exchange.fault("list.tokenLoop") !== null;
  const page = spoilPage(call, pageOf(listedNow(call), { ...question, after }));
  const next = loops ? after : page.next;
  return xmlReply("ListBucketResult", {
    Name: bucketOf(call).name,
    Prefix: shown(prefix),
    StartAfter: startAfter === null ? null : shown(startAfter),
    ContinuationToken: token,
    NextContinuationToken: next === null ? null : writeToken(next),
    KeyCount: page.objects.length + page.prefixes.length,
    MaxKeys: maxKeys,
    Delimiter: delimiter === "" ? null : shown(delimiter),
    EncodingType: encoding,
    IsTruncated: next !== null,
    ...entries(page, question, query.get("fetch-owner") === "true"),
  });
}

function writeToken(last: string): string {
  return TOKEN_MARK + Buffer.from(last).toString("base64");
}

function readToken(token: string): string {
  const text = Buffer.from(token.slice(1), "base64").toString("utf8");
  if (writeToken(text) === token) return text;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}
