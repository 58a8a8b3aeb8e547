import type { CallProbeSpec } from "../scenario/definition.ts";
import type { Clock } from "../time/clock.ts";
import { type Answer, describeFailure } from "./http.ts";
import { scalarFields } from "./json.ts";

/** Asks once by calling the scenario's own function; whatever it throws is the answer's detail. */
export async function askCall(spec: CallProbeSpec, clock: Clock): Promise<Answer> {
  const answered = new AbortController();
  const late = new AbortController();
  const silence = clock.sleep(spec.timeoutMs, answered.signal).then((): Answer => {
    late.abort();
    return { ok: false, detail: describeFailure("timeout", spec.timeoutMs), value: null };
  });
  const answer = spec.call(late.signal).then(
    (value): Answer => ({ ok: true, detail: "answered", value: scalarFields(plainJson(value)) }),
    (error: unknown): Answer => ({ ok: false, detail: messageOf(error), value: null }),
  );
  return Promise.race([answer, silence]).finally(() => answered.abort());
}

/** What of the returned value can be recorded. */
function plainJson(value: unknown) {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text || "it failed without a message").slice(0, 200);
}
