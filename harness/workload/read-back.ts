import type { EventBody } from "../events/vocabulary.ts";
import { describeFailure } from "../probe/http.ts";
import { isJsonObject, type Json, parseJson } from "../probe/json.ts";
import type { WorkloadSpec } from "../scenario/definition.ts";
import { type HttpResponse, RequestError } from "../service/http.ts";
import type { RunningStack } from "../tier/tier.ts";
import { formatDuration } from "../time/duration.ts";

/** A stack that has just recovered may need a moment. */
const RETRY_FOR_MS = 10_000;
const RETRY_EVERY_MS = 500;
/** A whole history is larger than one answer; still, one try must leave time for another. */
const TRY_MS = 5_000;
const ANSWER_CHARS_MAX = 16_777_216;

type Read = { readonly records: Json[] } | { readonly problem: string };

/** Reads what the system holds in the end, trying for up to 10 s, and returns the event that says so. */
export async function readHistory(
  spec: WorkloadSpec,
  stack: Pick<RunningStack, "request" | "clock">,
  signal: AbortSignal,
): Promise<EventBody> {
  const { clock } = stack;
  const untilMs = clock.nowMs() + RETRY_FOR_MS;
  let problem = "interrupted before the first try";
  while (!signal.aborted) {
    const leftMs = Math.ceil(untilMs - clock.nowMs());
    if (leftMs <= 0) break;
    const read = await readOnce(spec.readBackUrl, Math.min(leftMs, TRY_MS), stack);
    if ("records" in read) return { kind: "history.read", workload: spec.id, records: read.records };
    problem = read.problem;
    await clock.sleep(RETRY_EVERY_MS, signal);
  }
  const detail = signal.aborted
    ? `interrupted: ${problem}`
    : `for ${formatDuration(RETRY_FOR_MS)}: ${problem}`;
  return { kind: "history.unreadable", workload: spec.id, detail };
}

async function readOnce(url: string, timeoutMs: number, stack: Pick<RunningStack, "request">): Promise<Read> {
  try {
    return readRecords(await stack.request({ method: "GET", url, timeoutMs }));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { problem: describeFailure(error.failure, timeoutMs) };
  }
}

/** Pure: a history is a JSON list of records, each with the key of the operation that made it. */
export function readRecords({ status, body }: HttpResponse): Read {
  if (status !== 200) return { problem: `${status} instead of 200` };
  if (body.length > ANSWER_CHARS_MAX)
    return { problem: `an answer of ${body.length} characters, more than 16 MiB` };
  const records = parseJson(body);
  if (!Array.isArray(records)) return { problem: "the answer is no JSON list of records" };
  const keyless = records.findIndex((record) => !isJsonObject(record) || typeof record["key"] !== "string");
  if (keyless >= 0) return { problem: `record ${keyless + 1} of ${records.length} has no text field "key"` };
  return { records };
}
