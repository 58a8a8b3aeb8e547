import type { MockResponse } from "../../core/http.ts";
import { bucketOf } from "../access.ts";
import { emptyReply } from "../reply.ts";
import type { AllowedCall } from "../service.ts";
import { findUpload } from "./find-upload.ts";

/** @throws NoSuchUpload */
export function abortUpload(call: AllowedCall): MockResponse {
  call.service.store.closeUpload(bucketOf(call), findUpload(call));
  return emptyReply(204);
}
