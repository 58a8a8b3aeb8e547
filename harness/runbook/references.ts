import { suggest } from "../suggest.ts";
import { isFor, runbookError, type Step, STEP_TIERS } from "./runbook.ts";

/** Ids are unique on each tier; what a step requires comes before it; what it rolls back to is there and does nothing else. */
export function checkReferences(steps: readonly Step[], file: string): void {
  const rollbacks = new Set(steps.map(({ rollback }) => rollback));
  for (const [index, step] of steps.entries()) {
    const earlier = steps.slice(0, index);
    const twin = earlier.find(
      (it) => it.id === step.id && STEP_TIERS.some((tier) => isFor(it, tier) && isFor(step, tier)),
    );
    if (twin) {
      throw runbookError(file, step.line, `the id "${step.id}" is taken`, {
        received: step.id,
        expected: `another id than that of the step in line ${twin.line}, or tier= on both, for different tiers`,
      });
    }
    if (step.requires !== null) {
      const regular = earlier.map(({ id }) => id).filter((id) => !rollbacks.has(id));
      checkName(step.requires, regular, "requires names no earlier step", step, file);
    }
    if (step.rollback === null) continue;
    const others = steps.filter((it) => it !== step && it.rollback === null).map(({ id }) => id);
    checkName(
      step.rollback,
      others,
      "rollback names no other step without a rollback of its own",
      step,
      file,
    );
  }
  if (steps.every(({ id }) => rollbacks.has(id))) {
    throw runbookError(file, steps[0]?.line ?? 1, "every step is a rollback, so none would run", {
      expected: "at least one step that no rollback= names",
    });
  }
}

function checkName(name: string, known: readonly string[], message: string, step: Step, file: string): void {
  if (known.includes(name)) return;
  throw runbookError(file, step.line, `step "${step.id}": ${message}`, {
    received: name,
    expected: known.length > 0 ? `one of ${known.join(", ")}` : "such a step, but there is none",
    ...(known.length > 0 ? { hint: suggest(name, known) } : {}),
  });
}
