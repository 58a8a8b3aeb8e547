import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { formatDuration } from "../../time/duration.ts";
import { type Telling, telling } from "./line.ts";

/** A probe that flaps more often than this in one trial is not told further. */
const MAX_TURNS = 20;

interface Probe {
  ok: boolean;
  sinceMs: number;
  turns: number;
}

/** Probes when they turn, with how long the last state held. One teller per trial. */
export function probeTeller(): (event: FiredrillEvent) => Telling | null {
  const probes = new Map<string, Probe>();
  let faultMs: number | null = null;
  return (event) => {
    if (event.kind === "fault.confirmed") faultMs ??= event.t;
    if (event.kind !== "probe.sample") return null;
    const { probe: id, ok, startedMs, detail } = event;
    const before = probes.get(id);
    if (before?.ok === ok) return null;
    const turns = (before?.turns ?? -1) + 1;
    probes.set(id, { ok, sinceMs: startedMs, turns });
    if (turns > MAX_TURNS) return null;
    if (turns === MAX_TURNS)
      return telling("probe", "unsure", `${id} flaps; its further changes are only recorded`);
    if (before === undefined) return ok ? null : telling("probe", "bad", `${id} is not good yet: ${detail}`);
    const sinceFault =
      faultMs === null ? "" : `, ${formatDuration(Math.max(0, startedMs - faultMs))} after the fault`;
    const lasted = formatDuration(startedMs - before.sinceMs);
    if (ok)
      return telling(
        "probe",
        "good",
        `${id} is good${before.turns > 0 ? " again" : ""}${sinceFault}; it was bad for ${lasted}`,
      );
    return telling("probe", "bad", `${id} turned bad${sinceFault}: ${detail}`);
  };
}
