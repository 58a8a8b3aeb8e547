import { systemClock } from "../../time/system-clock.ts";
import type { Tier } from "../tier.ts";
import { undoAll } from "../undo-all.ts";
import { composeCapabilities } from "./capabilities.ts";
import { findCompose, requireCompose } from "./compose-cli.ts";
import { removeRun } from "./down.ts";
import { findEngine, requireEngine } from "./engine.ts";
import { composeUndo } from "./faults/index.ts";
import { standingRuns } from "./standing.ts";
import { bringUp } from "./up.ts";

const FIX = "npx firedrill doctor --fix";

/** Real containers from a real Compose file, on this machine's Docker engine. */
export const composeTier: Tier = {
  name: "compose",
  capabilities: composeCapabilities,
  async ready() {
    const [search, compose] = await Promise.all([findEngine(), findCompose()]);
    if (!search.found) {
      const reason = search.strategies.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
      return { ready: false, reason: `no Docker engine answers (${reason})`, fix: FIX };
    }
    if (!compose.found) {
      return { ready: false, reason: `no Docker Compose v2 (${compose.tried.join("; ")})`, fix: FIX };
    }
    return { ready: true, detail: `Docker ${search.engine.version}, Compose ${compose.cli.version}` };
  },
  async up(stack, context) {
    const [engine, cli] = await Promise.all([requireEngine(), requireCompose()]);
    return bringUp({ engine, cli }, stack, context);
  },
  async undoFromDisk(actions) {
    const { docker } = await requireEngine();
    await undoAll(actions, (action) => composeUndo(docker, action));
  },
  async removeRun(runId) {
    const { docker } = await requireEngine();
    return removeRun(docker, systemClock(), runId);
  },
  async standing() {
    const { docker } = await requireEngine();
    return standingRuns(docker, "compose");
  },
};
