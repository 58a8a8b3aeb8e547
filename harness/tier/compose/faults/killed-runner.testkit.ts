/**
 * A runner that dies: `node killed-runner.testkit.ts OPTIONS`. It injects one fault into a container of the test's and kills
 * itself with SIGKILL right after one event, as if the machine had taken it away there.
 */
import { loadMock } from "../../../../mocks/registry.ts";
import type { FaultKind } from "../../../fault/kinds.ts";
import { injectFault } from "../../../fault/lifecycle.ts";
import { startReaper } from "../../../fault/reaper.ts";
import { parseFaultParams } from "../../../fault/registry.ts";
import { writeRunState } from "../../../fault/run-state.ts";
import { openUndoLog } from "../../../fault/undo-log.ts";
import { requireEngine } from "../engine.ts";
import { faultyStack } from "./faulty-stack.testkit.ts";

export interface KilledRunnerOptions {
  readonly runDir: string;
  readonly runId: string;
  readonly kind: FaultKind;
  readonly params: Readonly<Record<string, unknown>>;
  readonly container: string;
  readonly volume: { readonly name: string; readonly mountPath: string };
  readonly toolboxImage: string;
  readonly dieAfter: "fault.armed" | "fault.applied" | "fault.confirmed";
  readonly reaper: boolean;
}

const options = JSON.parse(process.argv[2] ?? "{}") as KilledRunnerOptions;
const { runDir, runId, kind, container } = options;
const { docker } = await requireEngine();
writeRunState(runDir, { runId, tier: "compose", state: "running" });
if (options.reaper) startReaper(runDir, runId, "compose");
const stack = faultyStack({
  docker,
  runId,
  containerOf: async () => container,
  containersOnNode: async () => [{ service: "target", id: container }],
  volumeOf: async () => options.volume,
  mockOf: () => loadMock("llm"),
  toolboxImage: options.toolboxImage,
  emit: () => undefined,
});
await injectFault(
  {
    id: `${kind}-target`,
    kind,
    targets: ["target"],
    peers: [],
    params: parseFaultParams(kind, options.params),
    ttlMs: 600_000,
  },
  null,
  {
    stack,
    undoLog: openUndoLog(runDir),
    signal: new AbortController().signal,
    emit: (event) => {
      if (event.kind === options.dieAfter) process.kill(process.pid, "SIGKILL");
    },
  },
);
console.error(`${options.dieAfter} never came`);
process.exit(1);
