import type { FiredrillEvent } from "../events/vocabulary.ts";
import type { Judgement } from "../gate/result.ts";

/** What no event tells. Both have defaults, so that a run can be reported again from its files alone. */
export interface RunMetadata {
  /**
   * The scenario's path as a person types it, relative to the project: `scenarios/failover.mjs`.
   * Default: the end of the recorded path, from its folder `scenarios` on.
   */
  readonly scenarioPath?: string;
  /** One sentence per modelled constant or source of the tier's platform profile; default none. */
  readonly profileNotes?: readonly string[];
}

/** All that a report is made of. Every renderer is a pure function of this. */
export interface ReportInput {
  /** The whole log of the run, in the order of `seq`. */
  readonly events: readonly FiredrillEvent[];
  readonly judgement: Judgement;
  readonly metadata?: RunMetadata;
}
