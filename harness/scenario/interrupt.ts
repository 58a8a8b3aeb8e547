import { systemClock } from "../time/system-clock.ts";
import { EXIT } from "./exit-status.ts";

/** One Ctrl-C may reach us twice at once: from the terminal's process group and from npm, which passes it on. */
const SAME_KEYPRESS_MS = 300;

export interface Interrupt {
  /** Aborted by the first Ctrl-C or SIGTERM; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  release(): void;
}

/**
 * The first SIGINT or SIGTERM asks for an orderly end: undo, tear down, report. The second one leaves at once and
 * prints how to clean up what is left.
 */
export function catchInterrupts(runId: string, say: (line: string) => void): Interrupt {
  const controller = new AbortController();
  const clock = systemClock();
  let firstMs = 0;
  const onSignal = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      firstMs = clock.nowMs();
      say(`${name}: undoing faults and taking the stack down; once more to leave at once`);
      controller.abort(name);
      return;
    }
    if (clock.nowMs() - firstMs < SAME_KEYPRESS_MS) return;
    say(`left as it was. Clean up with: npx firedrill cleanup ${runId}`);
    process.exit(name === "SIGTERM" ? EXIT.terminated : EXIT.interrupted);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
