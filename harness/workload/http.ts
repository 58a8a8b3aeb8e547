import { type Json, parseJson } from "../probe/json.ts";
import { describeFailure } from "../probe/http.ts";
import type { WorkloadSpec } from "../scenario/definition.ts";
import { type HttpRequest, type HttpResponse, RequestError } from "../service/http.ts";
import type { RunningStack } from "../tier/tier.ts";

/** What became of one operation. `info`: nobody knows whether it happened. */
export type OperationOutcome =
  | { readonly kind: "op.ok"; readonly value: Json }
  | { readonly kind: "op.fail"; readonly detail: string }
  | { readonly kind: "op.info"; readonly detail: string };

/** A longer answer is acknowledged all the same, but not kept. */
const ANSWER_CHARS_MAX = 65_536;

/** The operation's own data: what the stack is asked to keep. */
export function operationValue(spec: WorkloadSpec, op: string): { [key: string]: Json } {
  return { ...spec.body, key: op };
}

/** Sends one operation. Only what is no fault of the stack (a defect, a usage error) is thrown. */
export async function sendOperation(
  spec: WorkloadSpec,
  value: Json,
  stack: Pick<RunningStack, "request">,
): Promise<OperationOutcome> {
  const request: HttpRequest = {
    method: "POST",
    url: spec.url,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
    timeoutMs: spec.timeoutMs,
  };
  try {
    return judgeResponse(await stack.request(request));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { failure } = error;
    const detail = describeFailure(failure, spec.timeoutMs);
    // After a reset or a silence the server may have done the work: only it could tell.
    return { kind: failure === "reset" || failure === "timeout" ? "op.info" : "op.fail", detail };
  }
}

/** Pure. After 500, 502 or 504 the work may have been done: a server broke off, or a proxy lost the one behind it. */
export function judgeResponse({ status, body }: HttpResponse): OperationOutcome {
  if (status >= 200 && status < 300) {
    const parsed = body.length <= ANSWER_CHARS_MAX ? parseJson(body) : undefined;
    return { kind: "op.ok", value: parsed ?? null };
  }
  const detail = `${status}: ${body.slice(0, 200)}`;
  return { kind: [500, 502, 504].includes(status) ? "op.info" : "op.fail", detail };
}
