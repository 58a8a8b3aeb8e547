import type { MockRequest } from "../core/http.ts";
import { operationOf } from "./operation.ts";
import { parseScope } from "./auth/scope.ts";
import type { S3Settings } from "./settings.ts";
import { targetOf } from "./target.ts";

/** Forms name their key before their file. */
const FORM_HEAD_BYTES = 16_384;

/** What a fault's scope can name: the access key, the bucket, the operation. */
export function labelsOf({ domains }: S3Settings, request: MockRequest): Readonly<Record<string, string>> {
  const query = new URLSearchParams(request.search);
  const key = parseScope(credentialOf(request, query))?.accessKey ?? "";
  try {
    const target = targetOf(request, domains);
    return { key, bucket: target.bucket ?? "", operation: operationOf(request, target, query) ?? "" };
  } catch {
    // A path that can't be decoded: the answer says so.
    return { key, bucket: "", operation: "" };
  }
}

function credentialOf({ method, headers, body }: MockRequest, query: URLSearchParams): string {
  const inHeader = /Credential=([^,\s]+)/.exec(headers["authorization"] ?? "")?.[1];
  const other = inHeader ?? query.get("X-Amz-Credential");
  if (other !== null || method !== "POST" || headers["content-type"]?.startsWith("multipart/") !== true)
    return other ?? "";
  const head = Buffer.from(body.subarray(0, FORM_HEAD_BYTES)).toString("latin1");
  return /name="x-amz-credential"\r\n\r\n([^\r\n]+)/i.exec(head)?.[1] ?? "";
}
