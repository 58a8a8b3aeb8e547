import type { Expectation, Runbook, Step } from "./runbook.ts";

/** Writes a runbook as Markdown, for tests that read it back. */
export function printRunbook(runbook: Runbook): string {
  const front = {
    id: runbook.id,
    title: runbook.title,
    owner: runbook.owner ?? undefined,
    needs: runbook.needs,
  };
  const yaml = Object.entries(front).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${JSON.stringify(value)}`],
  );
  return ["---", ...yaml, "---", "", ...runbook.steps.flatMap(printStep)].join("\n");
}

function printStep(step: Step): string[] {
  const words = [
    `id=${step.id}`,
    ...(step.timeoutStated ? [`timeout=${step.timeoutMs}ms`] : []),
    ...(step.critical ? ["critical"] : []),
    ...(step.approve ? ["approve"] : []),
    ...(step.kind === "manual" ? ["manual"] : []),
    ...(step.requires ? [`requires=${step.requires}`] : []),
    ...(step.rollback ? [`rollback=${step.rollback}`] : []),
    ...(step.tiers ? [`tier=${step.tiers.join(",")}`] : []),
  ];
  const body = step.kind === "manual" ? [step.prose] : ["```bash", step.script, "```"];
  const expectations = step.expectations.map(
    (expectation) => `<!-- expect ${printExpectation(expectation)} -->`,
  );
  return [`## ${step.title}`, "", `<!-- step ${words.join(" ")} -->`, ...body, ...expectations, ""];
}

function printExpectation(expectation: Expectation): string {
  switch (expectation.kind) {
    case "probe":
      return `probe=${expectation.probe} within=${expectation.withinMs}ms hold=${expectation.holdMs}ms`;
    case "exit":
      return `exit${expectation.equal ? "=" : "≠"}${expectation.code}`;
    case "output":
      return `output~"${expectation.pattern.replaceAll('"', '\\"')}"`;
  }
}
