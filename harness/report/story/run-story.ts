import type { EventOf, FiredrillEvent } from "../../events/vocabulary.ts";
import { formatDuration } from "../../time/duration.ts";
import { count, listed } from "../words.ts";
import { type Telling, telling } from "./line.ts";

/** The run, its stack and its phases. Null: nothing that a person waits for. */
export function tellRun(event: FiredrillEvent): Telling | null {
  switch (event.kind) {
    case "run.image":
      return tellImage(event);
    case "run.interrupted":
      return telling("stop", "unsure", `interrupted: ${event.signal}`);
    case "run.failed":
      return telling(
        "error",
        "bad",
        `${event.message} [${event.code}]${event.hint ? ` · ${event.hint}` : ""}`,
      );
    case "run.leak":
      return telling("left over", "bad", listed(event.what));
    case "trial.phase":
      return tellPhase(event.phase);
    case "trial.baseline":
      return telling(
        "baseline",
        event.met ? "good" : "bad",
        `${event.met ? "" : "not steady: "}${event.detail}`,
      );
    case "trial.outside":
      if (event.attempts === 0) return null;
      return telling(
        "outside",
        "bad",
        `${count(event.attempts, "attempt")} to reach the outside: ${event.detail}`,
      );
    case "stack.reused":
      return event.pristine
        ? telling("stack", "good", `on warm clusters: ${event.detail}`)
        : telling("stack", "unsure", `on new clusters, not the warm ones: ${event.detail}`);
    case "stack.up":
      return telling(
        "stack",
        "good",
        `${count(event.services.length, "service")} up after ${formatDuration(event.tookMs)}`,
      );
    case "service.state":
      return tellService(event);
    case "history.read":
      return telling(
        "history",
        "plain",
        `${event.workload}: the system holds ${count(event.records.length, "record")}`,
      );
    case "history.unreadable":
      return telling("history", "bad", `${event.workload}: the final read failed: ${event.detail}`);
    case "check.result":
      return tellCheck(event);
    case "mock.journal":
      return tellMock(event);
    default:
      return null;
  }
}

function tellImage({ image, how, substitution }: EventOf<"run.image">): Telling | null {
  if (substitution !== null) return telling("image", "unsure", `${image}: ${substitution}`);
  return how === "present" ? null : telling("image", "plain", `${image}: ${how}`);
}

function tellPhase(phase: EventOf<"trial.phase">["phase"]): Telling | null {
  switch (phase) {
    case "up":
      return telling("stack", "plain", "bringing it up");
    case "baseline":
      return telling("baseline", "plain", "waiting until every probe is good");
    case "verifying":
      return telling("verify", "plain", "the load stops; reading what the system holds");
    case "undoing":
      return telling("undo", "plain", "putting everything back");
    case "down":
      return telling("stack", "plain", "taking it down");
    default:
      // The fault and the probes tell `injecting` and `observing`; `done` is followed by the decision.
      return null;
  }
}

function tellService({ service, state, exitCode, oomKilled, detail }: EventOf<"service.state">): Telling {
  const why = oomKilled ? " (out of memory)" : exitCode === null ? "" : ` (exit status ${exitCode})`;
  return telling("service", "plain", `${service} is ${state}${why}${detail === "" ? "" : `: ${detail}`}`);
}

function tellCheck({ criterion, outcome, detail }: EventOf<"check.result">): Telling {
  const tone = outcome === "pass" ? "good" : outcome === "fail" ? "bad" : "unsure";
  return telling("check", tone, `${criterion}: ${outcome}${detail === "" ? "" : `: ${detail}`}`);
}

/** Only what somebody may have to look at. */
function tellMock({ service, unmodelled, missing }: EventOf<"mock.journal">): Telling | null {
  if (missing !== null) return telling("mock", "unsure", `${service}: its journal can't be had: ${missing}`);
  const asked = Object.keys(unmodelled);
  return asked.length === 0 ? null : telling("mock", "unsure", `${service} does not model ${listed(asked)}`);
}
