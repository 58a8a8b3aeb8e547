import type { Host } from "../../../harness/service/host.ts";
import { RequestError } from "../../../harness/service/http.ts";
import type { Assignment } from "./statements.ts";

/** A done report is repeated this often, and given up after this many; the next heartbeat starts the task anew. */
const REPORT_EVERY_MS = 1_000;
const MAX_REPORTS = 60;

export interface TaskRunner {
  /** Makes the running tasks equal to what the controller wants: starts what is new, stops what is not listed. */
  follow(wanted: readonly Assignment[]): void;
  running(): readonly Assignment[];
  /** Tasks whose end the controller has noted. */
  finished(): number;
}

/** Runs tasks for a worker: each takes its time, then its end is reported until the controller has heard it. */
export function createTaskRunner(host: Host, controllerUrl: string): TaskRunner {
  const active = new Map<string, { readonly task: Assignment; readonly stop: AbortController }>();
  let finished = 0;

  const run = async (task: Assignment, signal: AbortSignal) => {
    await host.clock.sleep(task.durationMs, signal);
    for (let count = 0; count < MAX_REPORTS && !signal.aborted; count++) {
      const status = await report(host, `${controllerUrl}/tasks/${task.id}/done`, task.attempt);
      if (status === 200) finished += 1;
      // 409: another attempt runs elsewhere, and this one's result is not wanted.
      if (status === 200 || status === 409) return;
      await host.clock.sleep(REPORT_EVERY_MS, signal);
    }
  };

  return {
    running: () => [...active.values()].map(({ task }) => task),
    finished: () => finished,
    follow(wanted) {
      const names = new Set(wanted.map(nameOf));
      for (const [name, { stop }] of active) if (!names.has(name)) stop.abort();
      for (const task of wanted) {
        const name = nameOf(task);
        if (active.has(name)) continue;
        const stop = new AbortController();
        active.set(name, { task, stop });
        void run(task, stop.signal).finally(() => active.delete(name));
      }
    },
  };
}

/** The same task in a later attempt is another piece of work. */
function nameOf({ id, attempt }: Assignment): string {
  return `${id}#${attempt}`;
}

async function report(host: Host, url: string, attempt: number): Promise<number | null> {
  const body = JSON.stringify({ node: host.name, attempt });
  const headers = { "content-type": "application/json" };
  try {
    return (await host.request({ method: "POST", url, headers, body, timeoutMs: 5_000 })).status;
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}
