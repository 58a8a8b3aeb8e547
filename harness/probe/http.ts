import type { HttpProbeSpec } from "../scenario/definition.ts";
import { RequestError, type HttpResponse, type RequestFailure } from "../service/http.ts";
import type { RunningStack } from "../tier/tier.ts";
import { formatDuration } from "../time/duration.ts";
import { isJsonObject, type Json, parseJson, scalarFields } from "./json.ts";

/** What one question of a probe brought. */
export interface Answer {
  readonly ok: boolean;
  /** In words: "200", "503 instead of 200", "refused", "controlPlanes is 1, expected at least 2". */
  readonly detail: string;
  readonly value: Json;
}

/**
 * Asks once. No answer is an answer too; only what is no fault of the stack (a defect, a usage error) is thrown.
 */
export async function askHttp(spec: HttpProbeSpec, stack: Pick<RunningStack, "request">): Promise<Answer> {
  try {
    const response = await stack.request({ method: "GET", url: spec.url, timeoutMs: spec.timeoutMs });
    return judgeAnswer(spec, response);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { ok: false, detail: describeFailure(error.failure, spec.timeoutMs), value: null };
  }
}

/** Why no response came, in words. */
export function describeFailure(failure: RequestFailure, timeoutMs: number): string {
  switch (failure) {
    case "refused":
      return "refused";
    case "reset":
      return "connection reset";
    case "timeout":
      return `no answer within ${formatDuration(timeoutMs)}`;
    case "unresolved":
      return "name not found";
    case "unreachable":
      return "host unreachable";
  }
}

/** Pure: holds a response against what the probe expects. */
export function judgeAnswer(spec: HttpProbeSpec, response: HttpResponse): Answer {
  const parsed = parseJson(response.body);
  const problems =
    response.status === spec.expectStatus
      ? fieldProblems(spec.expectJson, parsed)
      : [`${response.status} instead of ${spec.expectStatus}`];
  const ok = problems.length === 0;
  return { ok, detail: ok ? String(response.status) : problems.join("; "), value: scalarFields(parsed) };
}

function fieldProblems(expected: HttpProbeSpec["expectJson"], parsed: Json | undefined): string[] {
  const fields = Object.entries(expected);
  if (fields.length === 0) return [];
  if (!isJsonObject(parsed)) return ["the answer is no JSON object"];
  return fields.flatMap(([name, wanted]) => {
    const is = Object.hasOwn(parsed, name) ? parsed[name] : undefined;
    return meets(is, wanted) ? [] : [`${name} is ${show(is)}, expected ${showWanted(wanted)}`];
  });
}

type Wanted = HttpProbeSpec["expectJson"][string];

function meets(is: Json | undefined, wanted: Wanted): boolean {
  return typeof wanted === "object" ? typeof is === "number" && is >= wanted.min : is === wanted;
}

function show(value: Json | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}

function showWanted(wanted: Wanted): string {
  return typeof wanted === "object" ? `at least ${wanted.min}` : JSON.stringify(wanted);
}
