import { explainError } from "../error.ts";
import type { ScenarioCard } from "./card.ts";
import { defineScenario } from "./define.ts";
import type { ScenarioDefinition } from "./definition.ts";
import { exitStatusOfError } from "./exit-status.ts";
import { scriptArguments } from "./main-module.ts";
import { rehearse } from "./rehearse.ts";

/**
 * A scenario. Run as a script (`npx zx scenarios/x.mjs`) it is rehearsed with the command line's flags and sets the
 * exit status; imported, it is only its definition. `meta` is the module's `import.meta`.
 *
 * @example
 * export default await scenario(import.meta, { title: "…", stack: "compose.yaml", probes: { … } });
 */
export async function scenario(
  meta: Pick<ImportMeta, "url">,
  card: ScenarioCard,
): Promise<ScenarioDefinition> {
  const args = scriptArguments(meta.url, process.argv);
  if (args === null) return defineScenario(meta.url, card);
  try {
    const definition = defineScenario(meta.url, card);
    process.exitCode = await rehearse(definition, args);
    return definition;
  } catch (error) {
    process.stderr.write(`${explainError(error)}\n`);
    if (process.env["DEBUG"]?.includes("firedrill")) console.error(error);
    process.exit(exitStatusOfError(error));
  }
}
