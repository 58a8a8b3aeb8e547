import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ScenarioDefinition } from "../scenario/definition.ts";
import { findStack } from "../stack/find-stack.ts";
import { readComposeFile } from "../stack/read-compose.ts";
import { lintRunbook } from "./lint.ts";
import { parseRunbook } from "./parse.ts";
import { isFor } from "./runbook.ts";

const folder = new URL("../../scenarios/", import.meta.url);
const files = readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
const runbooks = files.filter((name) => /(^|\/)runbooks\/[^/]+\.md$/.test(name));
const scenarios = await Promise.all(files.filter((name) => /^(?!.*gate).*\.mjs$/.test(name)).map(load));

async function load(name: string): Promise<ScenarioDefinition> {
  const module = (await import(new URL(name, folder).href)) as { default: ScenarioDefinition };
  return module.default;
}

describe("the runbooks of this repository", () => {
  it("are there", () => {
    expect(runbooks.length).toBeGreaterThan(0);
  });

  it.each(runbooks)("%s is used by a scenario, and fits every one that uses it", async (name) => {
    const file = fileURLToPath(new URL(name, folder));
    const runbook = parseRunbook(readFileSync(file, "utf8"), name);
    const users = scenarios.filter((scenario) => scenario.runbook?.file === file);
    expect(users.length).toBeGreaterThan(0);
    for (const { probes, stackFile } of users) {
      const { composeFile } = await findStack(stackFile);
      const stack = composeFile === null ? null : await readComposeFile(composeFile);
      // Only `docker compose` names services literally, so a stack without a Compose file has none to check.
      const scope = {
        services: Object.keys(stack?.services ?? {}),
        roles: Object.keys(stack?.roles ?? {}),
        probes: probes.map(({ id }) => id),
      };
      const tiers = stack === null ? (["k3d"] as const) : (["sim", "compose", "k3d"] as const);
      for (const tier of tiers) {
        expect(lintRunbook(runbook, { ...scope, tier })).toEqual([]);
        expect(runbook.steps.filter((step) => isFor(step, tier)).length).toBeGreaterThan(0);
      }
    }
  });
});
