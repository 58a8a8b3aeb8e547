import type { EventOf, FiredrillEvent } from "../../events/vocabulary.ts";
import { type Telling, telling, type Tone } from "./line.ts";

/** A node or pod that changes more often than this in one trial is not told further. */
const MAX_TURNS = 20;

type StateEvent = EventOf<"node.state"> | EventOf<"pod.state">;

/** Nodes and pods when they turn bad and when they are ready again; that they come up is the stack's story. */
export function clusterTeller(): (event: FiredrillEvent) => Telling | null {
  const lastTold = new Map<string, { readonly tone: Tone; readonly turns: number }>();
  return (event) => {
    if (event.kind !== "node.state" && event.kind !== "pod.state") return null;
    const tone = toneOf(event);
    if (tone === null) return null;
    const topic = event.kind === "node.state" ? "node" : "pod";
    const name = event.kind === "node.state" ? event.node : event.pod;
    const before = lastTold.get(`${topic} ${name}`);
    if (tone === "good" && (before === undefined || before.tone === "good")) return null;
    const turns = (before?.turns ?? 0) + 1;
    lastTold.set(`${topic} ${name}`, { tone, turns });
    if (turns > MAX_TURNS) return null;
    if (turns === MAX_TURNS)
      return telling(topic, "unsure", `${name} keeps changing; that is only recorded further`);
    return telling(topic, tone, `${name} is ${event.state}${tone === "good" ? " again" : why(event)}`);
  };
}

const why = ({ detail }: StateEvent): string => (detail === "" ? "" : `: ${detail}`);

/** Null: on its way, which everything is now and then. */
function toneOf(event: StateEvent): Tone | null {
  switch (event.state) {
    case "ready":
      return "good";
    case "unknown":
      return "unsure";
    case "gone":
      // A pod that is gone has made room for another.
      return event.kind === "node.state" ? "bad" : null;
    case "pending":
    case "starting":
    case "terminating":
    case "ended":
      return null;
    default:
      return "bad";
  }
}
