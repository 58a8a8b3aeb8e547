import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { faultTitle, wordMet } from "../fault-view.ts";
import { type Telling, telling } from "./line.ts";

/** Faults, by what they do to whom. One teller per trial. */
export function faultTeller(): (event: FiredrillEvent) => Telling | null {
  const titles = new Map<string, string>();
  return (event) => {
    if (event.kind === "fault.armed") titles.set(event.fault, faultTitle(event));
    if (!("fault" in event)) return null;
    return tell(event, titles.get(event.fault) ?? event.fault);
  };
}

function tell(event: FiredrillEvent, title: string): Telling | null {
  switch (event.kind) {
    case "fault.armed":
      return telling("fault", "plain", `${title}: armed, its undo is written down`);
    case "fault.confirmed":
      return telling("fault", "unsure", `${title}: confirmed: ${event.evidence}`);
    case "fault.unconfirmed":
      return telling("fault", "bad", `${title}: not seen to take effect: ${event.evidence}`);
    case "fault.lapsed":
      return telling(
        "fault",
        "unsure",
        `${title}: ended early${event.reapplied ? ", applied again" : ""}: ${event.evidence}`,
      );
    case "fault.met":
      return telling("fault", event.hits + event.looks > 0 ? "plain" : "unsure", wordMet(event));
    case "fault.reverted":
      return telling("fault", "plain", `${title}: reverted (${REVERTED_BY[event.by]})`);
    case "fault.revert-failed":
      return telling("fault", "bad", `${title}: could not be reverted: ${event.error}`);
    case "fault.audited":
      return event.clean
        ? null
        : telling("fault", "bad", `${title}: something is left of it: ${event.detail}`);
    default:
      return null;
  }
}

/** Why a fault ended, in words. */
export const REVERTED_BY = {
  duration: "its time was over",
  ttl: "its time limit was reached",
  end: "the trial ended",
  interrupt: "the run was interrupted",
} as const;
