/**
 * The one error class. A verdict is a value and never an error; an error means that
 * no verdict could be reached, and says what a person can do about it.
 */

/** Why something could not be done. The prefix decides the exit status (see scenario/exit-status.ts). */
export type ErrorCode =
  | "USAGE_FLAG"
  | "USAGE_SCENARIO"
  | "USAGE_STACK"
  | "USAGE_RUNBOOK"
  | "USAGE_FAULT"
  | "USAGE_SELECTION"
  | "USAGE_RUN"
  | "ENV_ENGINE"
  | "ENV_COMPOSE"
  | "ENV_IMAGE"
  | "ENV_DISK"
  | "ENV_TOOL"
  | "RUN_STACK"
  | "RUN_FAULT"
  | "RUN_REQUEST"
  | "RUN_SHELL"
  | "RUN_EVENTS"
  | "RUN_MODEL"
  | "RUN_INTERRUPTED"
  | "BUG";

export interface ErrorDetails {
  /** What Firedrill was given, verbatim and short. */
  readonly received?: string;
  /** What would have been right. */
  readonly expected?: string;
  /** The next thing to do: a command or an edit. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class FiredrillError extends Error {
  override readonly name = "FiredrillError";
  readonly code: ErrorCode;
  readonly received: string | undefined;
  readonly expected: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.received = details.received;
    this.expected = details.expected;
    this.hint = details.hint;
  }
}

/** Proves to the compiler that every member of a union was handled. */
export function assertNever(value: never): never {
  throw new FiredrillError("BUG", `unhandled case: ${JSON.stringify(value)}`);
}

/** The error as a person reads it: what happened, received, expected, what to do. */
export function explainError(error: unknown): string {
  if (!(error instanceof FiredrillError)) {
    return error instanceof Error ? error.message : String(error);
  }
  const lines = [`${error.message} [${error.code}]`];
  if (error.received !== undefined) lines.push(`  received: ${error.received}`);
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.hint !== undefined) lines.push(`  do this:  ${error.hint}`);
  return lines.join("\n");
}
