import { formatDuration } from "../../time/duration.ts";
import { wavered } from "../cluster-view.ts";
import { faultTitle } from "../fault-view.ts";
import type { TrialView } from "../trial-view.ts";
import { count } from "../words.ts";

/** The chart in words, for a reader who does not see it. */
export function describeTrial(view: TrialView): string {
  const { atMs, means } = view.zero;
  const at = (ms: number): string => `${ms < atMs ? "minus " : ""}${formatDuration(Math.abs(ms - atMs))}`;
  const sentences = [`Times count from “${means}”.`];
  for (const fault of view.faults) {
    if (fault.confirmedMs === null) sentences.push(`${faultTitle(fault)} was never confirmed.`);
    else {
      const end = fault.revertedMs === null ? "was not reverted" : `was reverted at ${at(fault.revertedMs)}`;
      sentences.push(`${faultTitle(fault)} took effect at ${at(fault.confirmedMs)} and ${end}.`);
    }
  }
  for (const { id, stretches } of view.probes) {
    const bad = stretches.filter(({ ok }) => !ok).slice(0, 5);
    const spans = bad.map(({ fromMs, toMs }) => `from ${at(fromMs)} to ${at(toMs)}`);
    sentences.push(
      spans.length === 0 ? `Probe ${id} was never bad.` : `Probe ${id} was bad ${spans.join(", ")}.`,
    );
  }
  for (const { id, operations } of view.workloads) {
    const acknowledged = operations.filter(({ outcome }) => outcome === "ok").length;
    sentences.push(`Workload ${id}: ${count(operations.length, "operation")}, ${acknowledged} acknowledged.`);
  }
  for (const { id, stretches } of view.nodes) {
    const bad = stretches.filter(({ tone, toMs }) => tone !== "good" && toMs > view.fromMs).slice(0, 5);
    const spans = bad.map(({ state, fromMs, toMs }) => `${state} from ${at(fromMs)} to ${at(toMs)}`);
    sentences.push(`Node ${id} was ${spans.length === 0 ? "always ready" : spans.join(", ")}.`);
  }
  for (const [service, pods] of Map.groupBy(view.pods, (pod) => pod.service)) {
    const wavering = pods.filter((pod) => wavered(pod, view.fromMs)).length;
    sentences.push(`Service ${service}: ${count(pods.length, "pod")}, ${wavering} of them not always ready.`);
  }
  for (const step of view.runbook?.steps ?? []) {
    sentences.push(`Step “${step.title}” began at ${at(step.startedMs)}: ${step.outcome}.`);
  }
  return sentences.join(" ");
}
