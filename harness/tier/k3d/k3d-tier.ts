import { systemClock } from "../../time/system-clock.ts";
import { removeClusters } from "./cluster/remove-run.ts";
import { findEngine, requireEngine } from "../compose/engine.ts";
import { standingRuns } from "../compose/standing.ts";
import type { Tier } from "../tier.ts";
import { undoAll } from "../undo-all.ts";
import { k3dCapabilities } from "./capabilities.ts";
import { k3dUndo } from "./faults/index.ts";
import { findKubernetesTools, isFound, requireKubernetesTools } from "./tools.ts";
import { bringUp } from "./up.ts";

const FIX = "npx firedrill doctor --fix";

/** Real Kubernetes clusters, made with k3d in this machine's Docker engine. */
export const k3dTier: Tier = {
  name: "k3d",
  capabilities: k3dCapabilities,
  async ready() {
    const [search, tools] = await Promise.all([findEngine(), findKubernetesTools()]);
    if (!search.found) {
      const reason = search.strategies.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
      return { ready: false, reason: `no Docker engine answers (${reason})`, fix: FIX };
    }
    const missing = Object.values(tools).flatMap((tool) => (isFound(tool) ? [] : tool.missing));
    if (missing.length > 0) return { ready: false, reason: missing.join("; "), fix: FIX };
    const versions = Object.entries(tools).map(
      ([name, tool]) => `${name} ${isFound(tool) ? tool.version : ""}`,
    );
    return { ready: true, detail: [`Docker ${search.engine.version}`, ...versions].join(", ") };
  },
  async up(stack, context) {
    const [engine, { k3d, helm, kubectl }] = await Promise.all([requireEngine(), requireKubernetesTools()]);
    const tools = { k3d: k3d.path, helm: helm.path, kubectl: kubectl.path };
    return bringUp({ engine, tools }, stack, context);
  },
  async undoFromDisk(actions) {
    const { docker } = await requireEngine();
    await undoAll(actions, (action) => k3dUndo(docker, action));
  },
  async removeRun(runId) {
    const { docker } = await requireEngine();
    return removeClusters(docker, systemClock(), runId);
  },
  async standing() {
    const { docker } = await requireEngine();
    return standingRuns(docker, "k3d");
  },
};
