import type { Database } from "../../../harness/service/database.ts";
import type { Host } from "../../../harness/service/host.ts";
import type { Registry } from "./registry.ts";
import { plan } from "./scheduler.ts";
import { assignTask, listNodes, listOpenTasks, releaseTasks } from "./statements.ts";
import type { Fence } from "./statements.ts";

export interface Reconciler {
  /** One pass of the leader: takes tasks back from lost workers and gives pending ones out. */
  pass(term: number, fence: Fence): Promise<void>;
  /** Tasks taken back from lost workers since the process began. */
  rescheduled(): number;
}

/** The leader's work in the background. A fence that says no ends the pass: somebody else does it now. */
export function createReconciler(host: Host, database: Database, registry: Registry): Reconciler {
  let listeningSince = 0;
  let rescheduled = 0;
  return {
    rescheduled: () => rescheduled,
    async pass(term, fence) {
      if (term !== listeningSince) {
        registry.reset(await database.run(listNodes, []));
        listeningSince = term;
      }
      const alive = registry.list().filter((node) => node.state === "alive");
      const { release, assign } = plan(await database.run(listOpenTasks, []), alive);
      for (const worker of release) {
        const [taken] = await database.run(releaseTasks, [...fence, worker]);
        if (taken?.leader !== true) return;
        rescheduled += taken.released;
        host.log("a worker is lost, its tasks go back", { worker, tasks: taken.released });
      }
      for (const { id, node, attempt } of assign) {
        const [given] = await database.run(assignTask, [...fence, id, node, attempt]);
        if (given?.leader !== true) return;
      }
    },
  };
}
