/** Firedrill's public API. Importing it arms the exit status: without a decision a script ends with 70. */
import { armExitStatus } from "./scenario/exit-status.ts";

armExitStatus();

export { fault, must, probe, runbook, workload } from "./scenario/builders.ts";
export { scenario } from "./scenario/scenario.ts";
export type { ScenarioCard } from "./scenario/card.ts";
export type { ScenarioDefinition } from "./scenario/definition.ts";

export { adoptContainers } from "./stack/adopt.ts";
export { rehearseAdopted } from "./scenario/adopted.ts";
export { readEvents } from "./events/read.ts";
export { judgeRun } from "./gate/judge-run.ts";
export type { FiredrillEvent } from "./events/vocabulary.ts";
export type { Decision, Judgement, Verdict } from "./gate/result.ts";
export type { Host, Service } from "./service/host.ts";
export type { Statement } from "./service/database.ts";
export { json, text } from "./service/http.ts";
export { FiredrillError } from "./error.ts";
