import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import { LABEL_RUN } from "../../stack/labels.ts";
import { requireEngine } from "../../tier/compose/engine.ts";
import type { TierName } from "../../tier/tier.ts";
import { CLI, onlyRun, recorded } from "./shop-project.testkit.ts";

export const { docker } = await requireEngine();

/** A clean-up has this long; deleting a cluster that is just being made takes longest. */
const REAPED_WITHIN_MS = 120_000;

const foreignName = `safety-foreign-${process.pid}`;

/** Somebody else's network and volume, to be found untouched whenever `expectNothingLeft` looks. */
export function guardForeignObjects(): void {
  const foreign = { Labels: { "dev.firedrill.test": "safety" } };
  beforeAll(async () => {
    await docker.createNetwork({ Name: foreignName, ...foreign });
    await docker.createVolume({ Name: foreignName, ...foreign });
  });
  afterAll(async () => {
    await docker.getNetwork(foreignName).remove();
    await docker.getVolume(foreignName).remove();
  });
}

/** What carries the label of this run. Other tests of this machine have their own runs. */
export async function leftovers(runId: string): Promise<string[]> {
  const filters = { label: [`${LABEL_RUN}=${runId}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => Names.join()),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ];
}

/** Starts the shop's scenario as a person would, in a process of its own. */
export function start(folder: string, tier: TierName, ...flags: string[]): ChildProcess {
  const { VITEST: _, ...env } = process.env;
  return spawn(process.execPath, ["shop.mjs", "--tier", tier, "--seed", "1", ...flags], {
    cwd: folder,
    env,
    stdio: "ignore",
  });
}

export const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
export const runIdOf = (folder: string) => onlyRun(folder)!.split("-").at(-1)!;
export const stateOf = (folder: string) =>
  (JSON.parse(readFileSync(join(onlyRun(folder)!, "run.json"), "utf8")) as { state: string }).state;

/** Waits until the run has recorded this. */
export async function seen(folder: string, what: string): Promise<void> {
  await expect.poll(() => recorded(folder).includes(what), { timeout: 240_000, interval: 20 }).toBe(true);
}

export async function firedrill(folder: string, ...words: string[]): Promise<string> {
  const { VITEST: _, ...env } = process.env;
  return (await promisify(execFile)(process.execPath, [CLI, ...words], { cwd: folder, env })).stdout;
}

/** The reaper has done its work, or `firedrill cleanup` does it: then nothing of the run is left anywhere. */
export async function expectNothingLeft(folder: string): Promise<void> {
  await expect.poll(() => stateOf(folder), { timeout: REAPED_WITHIN_MS, interval: 200 }).toBe("reaped");
  await firedrill(folder, "cleanup");
  expect(await leftovers(runIdOf(folder))).toEqual([]);
  expect((await docker.getNetwork(foreignName).inspect()).Name).toBe(foreignName);
  expect((await docker.getVolume(foreignName).inspect()).Name).toBe(foreignName);
}

/** Kills a run that many milliseconds after its beginning, and demands that nothing stays. */
export async function killAfter(folder: string, tier: TierName, ms: number): Promise<void> {
  const child = start(folder, tier);
  const exit = ended(child);
  await seen(folder, '"kind":"run.planned"');
  await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), exit]);
  child.kill("SIGKILL");
  await exit;
  if (stateOf(folder) === "running") await expectNothingLeft(folder);
  expect(await leftovers(runIdOf(folder))).toEqual([]);
}

/** Kills a run right after it has recorded this, and demands that nothing stays. */
export async function killAt(folder: string, tier: TierName, moment: string): Promise<void> {
  const child = start(folder, tier);
  await seen(folder, moment);
  const exit = ended(child);
  child.kill("SIGKILL");
  await exit;
  await expectNothingLeft(folder);
  expect(recorded(folder)).toContain(moment);
}
