import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { simTier } from "../../tier/sim/sim-tier.ts";
import { fault, must, probe, runbook, workload } from "../builders.ts";
import type { ScenarioCard } from "../card.ts";
import { defineScenario } from "../define.ts";
import { makePlan, type Planned } from "../make-plan.ts";
import { parseRunOptions } from "../options.ts";
import { runPlan, type RunOutcome } from "../run.ts";

const SHOP = fileURLToPath(new URL("./shop.testkit.ts", import.meta.url));

const COMPOSE = `
services:
  shop:
    image: node:24
    restart: "no"
    expose: [8080]
    x-firedrill: { model: ${JSON.stringify(SHOP)} }
`;

const RUNBOOK = `
# Bring the shop back

## 1. Start it
<!-- step id=start timeout=20s -->
\`\`\`bash
docker compose start shop
\`\`\`
<!-- expect probe=up within=20s hold=2s -->

## 2. Look once more
<!-- step id=look timeout=10s -->
\`\`\`bash
curl -fsS "$SHOP_URL/health"
\`\`\`
`;

/** The files that stand beside the shop's scenario. */
export const SHOP_FILES = { "compose.yaml": COMPOSE, "runbook.md": RUNBOOK } as const;

/** The smallest whole scenario: the shop is killed, the runbook starts it again. */
export const SHOP_CARD: ScenarioCard = {
  title: "The shop dies",
  stack: "compose.yaml",
  probes: { up: probe.http("http://shop:8080/health", { every: "500ms", timeout: "1s" }) },
  workload: {
    orders: workload.http("http://shop:8080/orders", { every: "250ms", readBack: "http://shop:8080/orders" }),
  },
  faults: [fault.kill("shop")],
  runbook: runbook("runbook.md", { startsOn: "up", reaction: "2s" }),
  criteria: {
    back: must.recover("up", { within: "20s", hold: "3s" }),
    noticed: must.detect("up", { within: "3s" }),
  },
};

/** Writes stack and runbook to a folder of their own and plans `card` there. */
export async function planShop(
  card: ScenarioCard = SHOP_CARD,
  argv: readonly string[] = [],
): Promise<Planned & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-shop-"));
  writeFileSync(join(folder, "compose.yaml"), COMPOSE);
  writeFileSync(join(folder, "runbook.md"), RUNBOOK);
  const definition = defineScenario(pathToFileURL(join(folder, "shop.mjs")).href, card);
  const options = parseRunOptions(["--seed", "1", ...argv], () => 1);
  return { ...(await makePlan(definition, simTier, options)), folder };
}

export interface Rehearsal extends RunOutcome {
  readonly runDir: string;
}

/** Runs a plan on the sim tier. `listener` sees every event as it is recorded. */
export async function rehearseOnSim(
  planned: Planned & { folder: string },
  options: {
    signal?: AbortSignal;
    listener?: (event: FiredrillEvent) => void;
    tier?: typeof simTier;
    /** Does something to the run's folder before the run. */
    prepare?: (runDir: string) => void;
  } = {},
): Promise<Rehearsal> {
  const runDir = mkdtempSync(join(planned.folder, "run-"));
  options.prepare?.(runDir);
  const outcome = await runPlan({
    planned,
    tier: options.tier ?? simTier,
    runId: "test00",
    runDir,
    startedAt: "2026-01-01T00:00:00.000Z",
    keepUntil: null,
    reuse: false,
    signal: options.signal ?? new AbortController().signal,
    listener: options.listener ?? (() => {}),
  });
  return { ...outcome, runDir };
}
