import type { EventEmitter } from "node:events";

/**
 * Says so when nothing is left that could go on and the run is not over: Node then just ends, with the status that stands
 * (exit-status.ts), and a person would see a run that breaks off in silence. Returns how to call it off.
 */
export function tellStall(
  runId: string,
  say: (line: string) => void,
  runner: Pick<EventEmitter, "once" | "off"> = process,
): () => void {
  const tell = () =>
    say(
      `the run stalled: it still waits, and nothing is left that could answer. That is a defect of Firedrill; there is no verdict.\n` +
        `do this: npx firedrill cleanup ${runId}, and report it with the run's events.jsonl`,
    );
  runner.once("beforeExit", tell);
  return () => void runner.off("beforeExit", tell);
}
