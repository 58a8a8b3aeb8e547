import type { MockResponse } from "../../core/http.ts";
import { bucketOf, keyOf } from "../access.ts";
import { emptyReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { checkWriteConditions } from "./conditions.ts";

/** 204, whether there was one or not. @throws PreconditionFailed */
export function deleteObject(call: AllowedCall): MockResponse {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  const { "if-none-match": _, ...headers } = call.request.headers;
  checkWriteConditions(headers, key, bucket.objects.get(key));
  call.service.store.delete(bucket, key);
  return emptyReply(204);
}
