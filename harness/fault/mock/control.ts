import { z } from "zod";
import { FiredrillError } from "../../error.ts";
import type { FaultParams } from "../injector.ts";

/** What is asked of a mock's control port (mocks/core/control.ts). */
export interface ControlQuestion {
  readonly method: "GET" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: string;
}

export type ControlAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  /** Something is there and gives no answer. */
  | { readonly kind: "silence"; readonly why: string }
  /** Nobody listens: what the mock held in its memory is gone. */
  | { readonly kind: "nobody"; readonly why: string };

/** Asks one mock's control port. Throws only for what says nothing of the mock. */
export type AskControl = (question: ControlQuestion) => Promise<ControlAnswer>;

const standingFault = z.object({
  id: z.string(),
  kind: z.string(),
  /** On the mock's clock: tells one PUT from another. */
  putMs: z.number(),
  hits: z.int(),
  looks: z.int(),
});
/** A fault as PUT and GET /faults tell it. */
export type StandingFault = z.infer<typeof standingFault>;

/** The body of PUT /faults/{id}. The mock itself ends the fault after `ttlMs`, whoever is left to take it away. */
export function faultBody({ fault = "", params, when, count, scope, seed }: FaultParams, ttlMs: number) {
  return { kind: fault, params, when, count, scope, seed, duration: ttlMs };
}

export function putFault(id: string, params: FaultParams, ttlMs: number): ControlQuestion {
  return { method: "PUT", path: `/faults/${id}`, body: JSON.stringify(faultBody(params, ttlMs)) };
}

export const LIST_FAULTS: ControlQuestion = { method: "GET", path: "/faults" };

/** The faults that stand, from the answer to LIST_FAULTS. @throws RUN_FAULT for another answer */
export const readFaults = (answer: Answered): StandingFault[] => read(z.array(standingFault), answer);

/** The fault as it was put, from the answer to `putFault`. @throws RUN_FAULT for another answer */
export const readPutFault = (answer: Answered): StandingFault => read(standingFault, answer);

type Answered = Pick<Extract<ControlAnswer, { kind: "answer" }>, "status" | "body">;

function read<T>(schema: z.ZodType<T>, { status, body }: Answered): T {
  const parsed = schema.safeParse(status === 200 ? parseJson(body) : null);
  if (parsed.success) return parsed.data;
  throw new FiredrillError("RUN_FAULT", "this is no control port of a mock", {
    received: `${status} ${body.slice(0, 200)}`,
    expected: "a mock's faults as JSON, with id, kind, putMs, hits and looks",
    hint: "is the service the mock that the stack says it is, on its usual control port?",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Takes a fault away. It may be gone, with or without its mock. @throws RUN_FAULT when the mock gives no answer */
export async function withdraw(ask: AskControl, id: string): Promise<void> {
  const answer = await ask({ method: "DELETE", path: `/faults/${id}` });
  if (answer.kind === "nobody" || (answer.kind === "answer" && [204, 404].includes(answer.status))) return;
  throw new FiredrillError("RUN_FAULT", "the mock does not take its fault away", {
    received: answer.kind === "answer" ? `${answer.status} ${answer.body.slice(0, 200)}` : answer.why,
    expected: `204 or 404 for DELETE /faults/${id}`,
  });
}

/** Is the fault gone? Changes nothing. */
export async function auditWithdrawn(
  ask: AskControl,
  id: string,
  target: string,
): Promise<{ readonly clean: boolean; readonly detail: string }> {
  const answer = await ask(LIST_FAULTS);
  if (answer.kind === "nobody")
    return { clean: true, detail: `${target} holds nothing any more: ${answer.why}` };
  if (answer.kind === "silence") return { clean: false, detail: `${target} can't be asked: ${answer.why}` };
  const clean = !readFaults(answer).some((it) => it.id === id);
  return { clean, detail: `fault ${id} ${clean ? "is gone from" : "still stands at"} ${target}` };
}
