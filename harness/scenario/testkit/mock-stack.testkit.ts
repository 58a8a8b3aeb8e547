import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Tier } from "../../tier/tier.ts";
import { fault, must, probe } from "../builders.ts";
import type { ScenarioCard } from "../card.ts";
import { defineScenario } from "../define.ts";
import { makePlan, type Planned } from "../make-plan.ts";
import { parseRunOptions } from "../options.ts";
import { runPlan, type RunOutcome } from "../run.ts";
import { ASKER_PROGRAM } from "./asker.testkit.ts";

const ASKER = fileURLToPath(new URL("./asker.testkit.ts", import.meta.url));

/** A mock LLM and one client of it. */
export const MOCK_STACK = `
services:
  llm:
    image: firedrill.local/mocks
    command: [llm]
    expose: [8400, 8499]
    x-firedrill: { mock: llm }
  client:
    image: node:24
    command: ${JSON.stringify(["node", "-e", ASKER_PROGRAM.replaceAll("$", "$$$$")])}
    expose: [8080]
    depends_on: { llm: { condition: service_healthy } }
    x-firedrill: { model: ${JSON.stringify(ASKER)} }
`;

/** The LLM limits its client's rate for five seconds. */
export const RATE_LIMIT = fault.mock("llm", {
  fault: "rate.bucket",
  params: { rpm: 1 },
  scope: { key: "key-a" },
  duration: "5s",
});

export const MOCK_CARD: ScenarioCard = {
  title: "The LLM limits the rate",
  stack: "compose.yaml",
  probes: { answers: probe.http("http://client:8080/ask", { every: "500ms", timeout: "2s" }) },
  faults: [RATE_LIMIT],
  criteria: {
    noticed: must.detect("answers", { within: "5s" }),
    back: must.recover("answers", { within: "20s", hold: "2s" }),
  },
  baseline: "2s",
  settle: "2s",
};

/** Plans a card over this stack in a folder of its own. */
export async function planWithMock(
  card: ScenarioCard,
  tier: Tier,
  stack: string = MOCK_STACK,
): Promise<Planned & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-mock-"));
  writeFileSync(join(folder, "compose.yaml"), stack);
  const definition = defineScenario(pathToFileURL(join(folder, "limits.mjs")).href, card);
  const options = parseRunOptions(["--seed", "1"], () => 1);
  return { ...(await makePlan(definition, tier, options)), folder };
}

export async function runWithMock(
  planned: Planned & { folder: string },
  tier: Tier,
  runId = "test00",
): Promise<RunOutcome & { runDir: string }> {
  const runDir = mkdtempSync(join(planned.folder, "run-"));
  const outcome = await runPlan({
    planned,
    tier,
    runId,
    runDir,
    startedAt: "2026-01-01T00:00:00.000Z",
    keepUntil: null,
    reuse: false,
    signal: new AbortController().signal,
    listener: () => {},
  });
  return { ...outcome, runDir };
}
