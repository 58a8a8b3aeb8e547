import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireEngine } from "../tier/compose/engine.ts";
import { LABEL_EXPIRES, LABEL_RUN } from "../stack/labels.ts";
import { CLI, onlyRun, recorded, shopProject } from "./testkit/shop-project.testkit.ts";

/** How many runs are killed at random moments; the bounded number is CI's, more on demand. */
const KILLS = Number(process.env["FIREDRILL_KILLS"] ?? 3);
const REAPED_WITHIN_MS = 60_000;
const { docker } = await requireEngine();

// Somebody else's container, network and volume, to be found untouched in the end.
const foreignName = `safety-foreign-${process.pid}`;
const foreign = { Labels: { "dev.firedrill.test": "safety" } };
beforeAll(async () => {
  await docker.createNetwork({ Name: foreignName, ...foreign });
  await docker.createVolume({ Name: foreignName, ...foreign });
});
afterAll(async () => {
  await docker.getNetwork(foreignName).remove();
  await docker.getVolume(foreignName).remove();
});

/** What carries the label of this run. Other tests of this machine have their own runs. */
async function leftovers(runId: string): Promise<string[]> {
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

function start(folder: string, ...flags: string[]): ChildProcess {
  const { VITEST: _, ...env } = process.env;
  return spawn(process.execPath, ["shop.mjs", "--tier", "compose", "--seed", "1", ...flags], {
    cwd: folder,
    env,
    stdio: "ignore",
  });
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
const runIdOf = (folder: string) => onlyRun(folder)!.split("-").at(-1)!;
const stateOf = (folder: string) =>
  (JSON.parse(readFileSync(join(onlyRun(folder)!, "run.json"), "utf8")) as { state: string }).state;

async function seen(folder: string, what: string): Promise<void> {
  await expect.poll(() => recorded(folder).includes(what), { timeout: 120_000, interval: 20 }).toBe(true);
}

async function firedrill(folder: string, ...words: string[]): Promise<string> {
  const { VITEST: _, ...env } = process.env;
  return (await promisify(execFile)(process.execPath, [CLI, ...words], { cwd: folder, env })).stdout;
}

/** The reaper has done its work, or `firedrill cleanup` does it: then nothing of the run is left anywhere. */
async function expectNothingLeft(folder: string): Promise<void> {
  await expect.poll(() => stateOf(folder), { timeout: REAPED_WITHIN_MS, interval: 200 }).toBe("reaped");
  await firedrill(folder, "cleanup");
  expect(await leftovers(runIdOf(folder))).toEqual([]);
  expect((await docker.getNetwork(foreignName).inspect()).Name).toBe(foreignName);
  expect((await docker.getVolume(foreignName).inspect()).Name).toBe(foreignName);
}

describe("D4, D7: a runner that is killed leaves nothing, and its log can be read", () => {
  it.each([
    '"phase":"up"',
    '"kind":"stack.up"',
    '"kind":"fault.armed","fault":"cut"',
    '"kind":"fault.confirmed","fault":"cut"',
    '"kind":"fault.confirmed","fault":"kill"',
    '"kind":"runbook.step.started"',
  ])("right after %s", async (moment) => {
    const folder = shopProject();
    const child = start(folder);
    await seen(folder, moment);
    const exit = ended(child);
    child.kill("SIGKILL");
    await exit;
    await expectNothingLeft(folder);
    expect(recorded(folder)).toContain(moment);
  });

  it.each(Array.from({ length: KILLS }, () => Math.round(Math.random() * 15_000)))(
    "%i ms after its start",
    async (ms) => {
      const folder = shopProject();
      const child = start(folder);
      const exit = ended(child);
      await seen(folder, '"kind":"run.planned"');
      await expect.poll(() => onlyRun(folder) !== null && recorded(folder) !== "").toBe(true);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), exit]);
      child.kill("SIGKILL");
      await exit;
      if (stateOf(folder) === "running") await expectNothingLeft(folder);
      expect(await leftovers(runIdOf(folder))).toEqual([]);
    },
  );
});

it("down refuses to take the stack from a run that is still going", async () => {
  const folder = shopProject();
  const child = start(folder);
  const exit = ended(child);
  await seen(folder, '"kind":"stack.up"');
  await expect(firedrill(folder, "down", runIdOf(folder))).rejects.toMatchObject({
    code: 64,
    stderr: expect.stringContaining("still going"),
  });
  child.kill("SIGINT");
  expect(await exit).toBe(130);
});

describe("D2: a runner that is interrupted", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "by %s undoes the fault, takes the stack down, reports, and ends with %i",
    async (signal, status) => {
      const folder = shopProject();
      const child = start(folder);
      await seen(folder, '"kind":"fault.confirmed","fault":"cut"');
      const exit = ended(child);
      child.kill(signal);
      expect(await exit).toBe(status);
      expect(recorded(folder)).toContain('"kind":"fault.reverted","fault":"cut","by":"interrupt"');
      expect(JSON.parse(readFileSync(join(onlyRun(folder)!, "gate.json"), "utf8"))).toMatchObject({
        decision: "hold",
      });
      expect(await leftovers(runIdOf(folder))).toEqual([]);
    },
  );
});

it("--keep leaves the stack up with an expiry label; ls shows it, and down takes it away", async () => {
  const folder = shopProject();
  expect(await ended(start(folder, "--keep"))).toBe(0);
  const runId = runIdOf(folder);
  const containers = await docker.listContainers({ filters: { label: [`${LABEL_RUN}=${runId}`] } });
  expect(containers.length).toBeGreaterThan(1);
  expect(containers.map(({ Labels }) => Date.parse(Labels[LABEL_EXPIRES] ?? "") > Date.now())).not.toContain(
    false,
  );
  expect(await firedrill(folder, "ls")).toMatch(new RegExp(`${runId}: .* kept until`));
  expect(await firedrill(folder, "down", "--expired")).toContain("nothing has expired");
  expect(await leftovers(runId)).not.toEqual([]);
  expect(await firedrill(folder, "down", runId)).toContain(`${runId}: removed`);
  expect(await leftovers(runId)).toEqual([]);
});
