import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { findInterruptedRuns } from "../../fault/cleanup.ts";
import { readRunState, runnerIsAlive } from "../../fault/run-state.ts";
import { LABEL_EXPIRES, LABEL_RUN } from "../../stack/labels.ts";
import type { Check, CheckResult } from "../check.ts";

/** A container, network or volume that a run has made. */
export interface LabelledObject {
  readonly runId: string;
  readonly what: string;
  /** ISO time until which it is kept on purpose. */
  readonly expires: string | null;
}

/** What earlier runs left: faults that were never undone, and objects in the engine. */
export const leftovers: Check = {
  id: "leftovers",
  title: "Leftovers of earlier runs",
  neededBy: "nothing",
  run: async ({ engine, runsDir }) => {
    const search = await engine;
    const objects = search.found ? await labelledObjects(search.engine.docker) : [];
    const interrupted = findInterruptedRuns(runsDir).map(({ runId }) => runId);
    return judgeLeftovers(objects, interrupted, runsAtWork(runsDir), new Date().toISOString());
  },
};

export function judgeLeftovers(
  objects: readonly LabelledObject[],
  interrupted: readonly string[],
  atWork: ReadonlySet<string>,
  now: string,
): CheckResult {
  const idle = objects.filter(({ runId }) => !atWork.has(runId));
  const kept = idle.filter(({ expires }) => expires !== null && expires > now);
  const left = idle.filter((object) => !kept.includes(object));
  const keptRuns = new Set(kept.map(({ runId }) => runId));
  const note = keptRuns.size > 0 ? `, ${keptRuns.size} kept on purpose (${[...keptRuns].join(", ")})` : "";
  const runs = new Set([...interrupted, ...left.map(({ runId }) => runId)]);
  if (runs.size === 0) return { state: "ok", summary: `none${note}` };
  const details = [...runs].map((run) => {
    const things = left.filter(({ runId }) => runId === run).map(({ what }) => what);
    const undo = interrupted.includes(run) ? ["it was interrupted"] : [];
    return `run ${run}: ${[...undo, ...things].join(", ")}`;
  });
  return {
    state: "partial",
    summary: `of ${runs.size} ${runs.size === 1 ? "run" : "runs"}${note}`,
    details,
    fix: interrupted.length > 0 ? "npx firedrill cleanup" : `npx firedrill down ${[...runs][0]}`,
  };
}

async function labelledObjects(docker: Docker): Promise<LabelledObject[]> {
  const filters = JSON.stringify({ label: [LABEL_RUN] });
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const entry = (what: string, labels: Record<string, string> | undefined): LabelledObject => ({
    runId: labels?.[LABEL_RUN] ?? "unknown",
    what,
    expires: labels?.[LABEL_EXPIRES] ?? null,
  });
  return [
    ...containers.map((one) => entry(`container ${one.Names[0]?.slice(1)}`, one.Labels)),
    ...networks.map((one) => entry(`network ${one.Name}`, one.Labels)),
    ...volumes.Volumes.map((one) => entry(`volume ${one.Name}`, one.Labels)),
  ];
}

/** The runs of this folder whose process is alive. A folder without a readable run says nothing. */
function runsAtWork(runsDir: string): Set<string> {
  const names = existsSync(runsDir) ? readdirSync(runsDir) : [];
  const states = names.flatMap((name) => {
    try {
      return [readRunState(join(runsDir, name))];
    } catch {
      return [];
    }
  });
  return new Set(
    states.filter((run) => run.state === "running" && runnerIsAlive(run)).map(({ runId }) => runId),
  );
}
