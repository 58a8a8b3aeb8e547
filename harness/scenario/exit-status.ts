import type { ErrorCode } from "../error.ts";
import { FiredrillError } from "../error.ts";
import type { Judgement } from "../gate/result.ts";

/**
 * What a run ends with. 1 is never chosen by us: it means that Node or zx itself crashed.
 * 64, 69 and 70 are EX_USAGE, EX_UNAVAILABLE and EX_SOFTWARE of BSD's sysexits.h.
 */
export const EXIT = {
  go: 0,
  noGo: 10,
  hold: 11,
  goWithLeftovers: 12,
  usage: 64,
  unavailable: 69,
  noVerdict: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  go: "GO: every criterion passed",
  noGo: "NO-GO: a criterion failed",
  hold: "HOLD: nothing failed, but something could not be decided",
  goWithLeftovers: "GO, but something was left behind",
  usage: "usage: a flag, scenario, stack or runbook is wrong",
  unavailable: "the environment lacks something (engine, image, disk)",
  noVerdict: "no verdict: an internal error, or the script stalled",
  interrupted: "interrupted by Ctrl-C; what was broken has been undone",
  terminated: "ended by SIGTERM; what was broken has been undone",
};

/**
 * Fails closed: until a decision sets it, the status is 70. A script that stalls under zx would otherwise end
 * with 0. Test runners set their own status, so there it stays untouched.
 */
export function armExitStatus(): void {
  const { VITEST, JEST_WORKER_ID, NODE_TEST_CONTEXT } = process.env;
  if (VITEST === undefined && JEST_WORKER_ID === undefined && NODE_TEST_CONTEXT === undefined) {
    process.exitCode = EXIT.noVerdict;
  }
}

export function exitStatusOf(judgement: Judgement): number {
  if (judgement.decision === "no-go") return EXIT.noGo;
  if (judgement.decision === "hold") return EXIT.hold;
  return judgement.hygiene.clean ? EXIT.go : EXIT.goWithLeftovers;
}

export function exitStatusOfError(error: unknown): number {
  if (!(error instanceof FiredrillError)) return EXIT.noVerdict;
  return exitStatusOfCode(error.code);
}

function exitStatusOfCode(code: ErrorCode): number {
  if (code.startsWith("USAGE_")) return EXIT.usage;
  if (code.startsWith("ENV_")) return EXIT.unavailable;
  return code === "RUN_INTERRUPTED" ? EXIT.interrupted : EXIT.noVerdict;
}
