import type { FiredrillEvent } from "../events/vocabulary.ts";
import type { Judgement } from "./result.ts";

/** How much was done and seen, over all trials: a verdict is worth no more than this. */
export function countEvents(events: readonly FiredrillEvent[]): Judgement["counts"] {
  const number = (kind: FiredrillEvent["kind"]) => events.filter((event) => event.kind === kind).length;
  return {
    trials: new Set(events.map(({ trial }) => trial).filter((trial) => trial > 0)).size,
    faultsConfirmed: number("fault.confirmed"),
    probeSamples: number("probe.sample"),
    operationsOk: number("op.ok"),
    operationsFailed: number("op.fail"),
    operationsUnknown: number("op.info"),
  };
}
