import type { Host } from "../../../harness/service/host.ts";

/**
 * Runs `work` now and again `everyMs` after it was last due, for as long as the process lives; a run that
 * takes longer delays the next one. What it throws is logged when it changes, not each time: a loop that
 * fails once a second must not flood the log.
 */
export function repeat(host: Host, what: string, everyMs: number, work: () => Promise<void>): void {
  let last = "";
  const loop = async () => {
    for (;;) {
      const dueMs = host.clock.nowMs() + everyMs;
      const trouble = await work().then(
        () => "",
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (trouble !== last)
        host.log(trouble === "" ? `${what}: no longer fails` : `${what}: fails`, { trouble });
      last = trouble;
      // At least one millisecond: time must pass even where work takes none.
      await host.clock.sleep(Math.max(1, dueMs - host.clock.nowMs()));
    }
  };
  void loop();
}
