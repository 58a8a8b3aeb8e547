import type { Host } from "../../../harness/service/host.ts";
import { json } from "../../../harness/service/http.ts";
import { createMockGpu } from "./gpu.ts";
import { metricsText, single } from "../parts/metrics-text.ts";
import { repeat } from "../parts/repeat.ts";
import { parseObject, router } from "../parts/router.ts";
import { readMs, readRequired } from "../parts/settings.ts";
import type { Assignment } from "./statements.ts";
import { createTaskRunner } from "./task-runner.ts";

/** The port of the system's node agent, see mocks/README.md. */
const PORT = 8083;

/** A node agent: registers with the controller, reports by heartbeat, runs the tasks that it is given. */
export default async function worker(host: Host): Promise<void> {
  const controllerUrl = readRequired(host.env, "CONTROLLER_URL", "http://load-balancer:8080");
  const heartbeatMs = readMs(host.env, "HEARTBEAT_INTERVAL_MS", 2_000);
  const hasGpu = host.env["GPU"] === "1";
  const runner = createTaskRunner(host, controllerUrl);
  const gpuTasks = () => runner.running().filter((task) => task.kind === "gpu").length;
  const gpu = hasGpu ? createMockGpu(host.name, () => host.clock.nowMs(), gpuTasks) : null;
  let registered = false;

  const post = (path: string, body: object) =>
    host.request({
      method: "POST",
      url: `${controllerUrl}${path}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      timeoutMs: heartbeatMs,
    });

  repeat(host, "heartbeat", heartbeatMs, async () => {
    if (!registered) {
      const { status } = await post("/register", {
        node: host.name,
        role: hasGpu ? "gpu-worker" : "worker",
        gpu: hasGpu,
      });
      if (status !== 200) throw new Error(`registration was answered ${status}`);
      registered = true;
      host.log("registered", { controllerUrl });
    }
    const running = runner.running().map(({ id, attempt }) => ({ id, attempt }));
    const { status, body } = await post("/heartbeat", { node: host.name, running });
    // The controller has lost its memory of us, for example by a restore.
    if (status === 404) registered = false;
    if (status !== 200) throw new Error(`heartbeat was answered ${status}`);
    runner.follow(readAssignments(body));
  });

  await host.serve(
    PORT,
    router({
      "GET /health": () => json(200, { service: "worker", name: host.name, registered, gpu: hasGpu }),
      "GET /metrics": () =>
        metricsText([
          single(
            "gauge",
            "worker_registered",
            "1 after the controller took the registration.",
            registered ? 1 : 0,
          ),
          single("gauge", "worker_tasks_running", "Tasks that run now.", runner.running().length),
          single("counter", "worker_tasks_finished_total", "Tasks whose end is noted.", runner.finished()),
          ...(gpu?.metrics() ?? []),
        ]),
    }),
  );
}

/** The tasks in a heartbeat's answer; anything that is no task is left out. */
function readAssignments(body: string): Assignment[] {
  const tasks = parseObject(body)?.["tasks"];
  return Array.isArray(tasks) ? tasks.filter(isAssignment) : [];
}

function isAssignment(value: unknown): value is Assignment {
  if (typeof value !== "object" || value === null) return false;
  const { id, kind, durationMs, attempt } = value as Record<string, unknown>;
  const known = kind === "cpu" || kind === "gpu";
  return typeof id === "string" && known && typeof durationMs === "number" && typeof attempt === "number";
}
