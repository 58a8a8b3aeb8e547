import { suggest } from "../suggest.ts";
import { formatDuration } from "../time/duration.ts";
import { namedServices } from "./compose-services.ts";
import {
  DEFAULT_TIMEOUT_MS,
  isFor,
  type Runbook,
  type ShellStep,
  type Step,
  type StepTier,
} from "./runbook.ts";
import { type ShellCommand, shellCommands } from "./shell-words.ts";

/** Something a person should know about a runbook. An error keeps the run from starting. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly line: number;
  readonly message: string;
  readonly received?: string;
  readonly expected?: string;
  readonly hint?: string;
}

/** The names that a runbook may use. */
export interface RunbookScope {
  /** Steps for other tiers are not looked at. */
  readonly tier: StepTier;
  readonly services: readonly string[];
  readonly roles: readonly string[];
  readonly probes: readonly string[];
}

/** Pure: holds a runbook against the stack and scenario it is for. Findings come in the order of lines. */
export function lintRunbook(runbook: Runbook, scope: RunbookScope): Finding[] {
  const steps = runbook.steps.filter((step) => isFor(step, scope.tier));
  const findings = [...lintWhole(runbook), ...steps.flatMap((step) => lintStep(step, scope))];
  return findings.toSorted((a, b) => a.line - b.line);
}

function lintWhole({ owner, steps }: Runbook): Finding[] {
  const findings: Finding[] = [];
  if (owner === null) {
    const hint = "write front matter at the top: ---, owner: <team>, ---";
    findings.push({ severity: "warning", line: 1, message: "the runbook has no owner", hint });
  }
  if (steps.every(({ expectations }) => expectations.length === 0)) {
    const message = "nothing is expected anywhere, so the runbook ends well even if it repairs nothing";
    const hint = "write <!-- expect probe=… within=… --> after the step that repairs";
    findings.push({ severity: "warning", line: 1, message, hint });
  }
  return findings;
}

function lintStep(step: Step, scope: RunbookScope): Finding[] {
  const findings: Finding[] = step.expectations.flatMap((expectation) => {
    if (expectation.kind !== "probe" || scope.probes.includes(expectation.probe)) return [];
    const message = `step "${step.id}" expects something of a probe that the scenario does not have`;
    return [unknownName(expectation.line, message, expectation.probe, scope.probes)];
  });
  if (!step.timeoutStated) {
    const message = `step "${step.id}" states no timeout and is stopped after ${formatDuration(DEFAULT_TIMEOUT_MS)}`;
    findings.push({ severity: "warning", line: step.line, message, hint: "add timeout= to its comment" });
  }
  return step.kind === "shell" ? [...findings, ...lintScript(step, scope)] : findings;
}

function lintScript(step: ShellStep, scope: RunbookScope): Finding[] {
  return [...lintForZx(step), ...lintServices(step, scope)];
}

/** `zx runbook.md` puts a fence into a JavaScript template, where these two mean something else. */
function lintForZx(step: ShellStep): Finding[] {
  const index = step.script.split("\n").findIndex((line) => /\$\{|`/.test(line));
  if (index < 0) return [];
  const message = `step "${step.id}" can't be run by plain zx, which reads \${…} and backquotes as JavaScript`;
  return [
    { severity: "warning", line: step.scriptLine + index, message, hint: "write $NAME and $(command)" },
  ];
}

function lintServices(step: ShellStep, scope: RunbookScope): Finding[] {
  let commands: ShellCommand[];
  try {
    commands = shellCommands(step.script);
  } catch (error) {
    const message = `step "${step.id}" can't be read as Bash, so its service names were not checked`;
    return [{ severity: "warning", line: step.scriptLine, message, received: (error as Error).message }];
  }
  const named = commands.flatMap(namedServices).filter(({ service }) => !scope.services.includes(service));
  return named.map(({ verb, service, line }) => {
    const message = `step "${step.id}" names no service of the stack in docker compose ${verb}`;
    const finding = unknownName(step.scriptLine + line - 1, message, service, scope.services);
    if (!scope.roles.includes(service)) return finding;
    return {
      ...finding,
      hint: `${service} is a role: ask the stack which service has it, and use a variable`,
    };
  });
}

function unknownName(line: number, message: string, received: string, known: readonly string[]): Finding {
  const some = known.length > 0;
  const expected = some ? `one of ${known.join(", ")}` : "a name, but there is none of that sort";
  const finding = { severity: "error", line, message, received, expected } as const;
  return some ? { ...finding, hint: suggest(received, known) } : finding;
}
