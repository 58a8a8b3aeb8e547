import type { PlanView } from "./plan-view.ts";

type Replayed = Pick<PlanView, "tier" | "seed" | "trials" | "control">;

/** The one line that runs the same again: `npx zx scenarios/failover.mjs --tier compose --seed 7`. */
export function replayCommand(scenarioPath: string, plan: Replayed): string {
  const words = ["npx", "zx", quoteForShell(scenarioPath), "--tier", plan.tier, "--seed", String(plan.seed)];
  if (plan.trials > 1) words.push("--trials", String(plan.trials));
  if (plan.control !== "none") words.push("--control", plan.control);
  return words.join(" ");
}

/** As a POSIX shell reads it back; plain paths stay plain. */
function quoteForShell(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A recorded absolute path as it was most likely typed: from its last folder `scenarios` on, else the file's name. */
export function recordedPath(file: string): string {
  const parts = file.replaceAll("\\", "/").split("/");
  const at = parts.lastIndexOf("scenarios");
  return parts.slice(at === -1 ? -1 : at).join("/");
}
