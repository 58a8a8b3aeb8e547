import { DatabaseError } from "../../../harness/service/database.ts";
import type { Database } from "../../../harness/service/database.ts";
import type { Host } from "../../../harness/service/host.ts";
import { json } from "../../../harness/service/http.ts";
import type { HttpResponse } from "../../../harness/service/http.ts";
import { acceptTask, UNIQUE_VIOLATION } from "./statements.ts";
import type { AcceptedRow, Fence, TaskKind } from "./statements.ts";

export interface NewTask {
  readonly key: string;
  readonly kind: TaskKind;
  readonly durationMs: number;
}

export interface Acceptor {
  /** Commits the task under the given credentials; the answer tells the client what is certain. */
  accept(task: NewTask, fence: Fence): Promise<HttpResponse>;
  /** Writes that the fence held off since the process began. */
  fenced(): number;
}

/** A write that did not come through is tried again this often … */
const RETRY_EVERY_MS = 1_000;
/** … and this long at most, so that the client hears the truth if it still listens. Ours; longer than a short partition. */
const RETRY_FOR_MS = 30_000;
/** Writes that may wait for the database at once. */
const MAX_WAITING = 200;

/**
 * Accepts tasks. While this control plane `leads`, a write that the database did not take is tried again: a hiccup is
 * none of the client's business. One that was sent and never answered is repeated even after that, under the
 * *same* credentials, until its outcome is known: the key makes that harmless, and if another leader has taken over
 * meanwhile, the fence stops it. Without the fence, it lands behind the new leader's writes.
 */
export function createAcceptor(host: Host, database: Database, leads: (fence: Fence) => boolean): Acceptor {
  let fenced = 0;
  let waiting = 0;

  const write = async (task: NewTask, fence: Fence): Promise<HttpResponse> => {
    const id = newId(host);
    const untilMs = host.clock.nowMs() + RETRY_FOR_MS;
    for (let open = false; ;) {
      const outcome = await attempt(database, id, task, fence);
      if (outcome === "fenced") {
        fenced += 1;
        host.log("a write was fenced off", { key: task.key, token: fence[1] });
        // An earlier try may have been committed before the takeover: only then is the outcome open.
        return json(open ? 504 : 503, { error: "another control plane leads now" });
      }
      if (typeof outcome === "object") return json(201, outcome);
      open ||= outcome === "unknown";
      const again = host.clock.nowMs() + RETRY_EVERY_MS < untilMs && (open || leads(fence));
      if (!again) return json(open ? 504 : 503, { error: "the database does not answer" });
      await host.clock.sleep(RETRY_EVERY_MS);
    }
  };

  return {
    fenced: () => fenced,
    async accept(task, fence) {
      if (waiting >= MAX_WAITING) return json(503, { error: "too many writes wait for the database" });
      waiting += 1;
      try {
        return await write(task, fence);
      } finally {
        waiting -= 1;
      }
    },
  };
}

type Attempt =
  { id: string; key: string; token: number; writer: string } | "fenced" | DatabaseError["outcome"];

async function attempt(database: Database, id: string, task: NewTask, fence: Fence): Promise<Attempt> {
  const params = [...fence, id, task.key, task.kind, task.durationMs] as const;
  try {
    const rows = await database
      .run(acceptTask, params)
      // The same key was committed a moment ago: the second look finds it.
      .catch((error: unknown) =>
        isDuplicate(error) ? database.run(acceptTask, params) : Promise.reject(error),
      );
    return rows[0] === undefined ? "fenced" : acknowledgement(rows[0]);
  } catch (error) {
    if (error instanceof DatabaseError) return error.outcome;
    throw error;
  }
}

function acknowledgement({ id, key, token, writer }: AcceptedRow) {
  return { id, key, token, writer };
}

function isDuplicate(error: unknown): boolean {
  return error instanceof DatabaseError && error.sqlState === UNIQUE_VIOLATION;
}

/** 64 random bits: unlike a counter in the database, they do not come round again after a restore. */
function newId(host: Host): string {
  const part = () => host.random.below(0x10000).toString(16).padStart(4, "0");
  return `task-${part()}${part()}${part()}${part()}`;
}
