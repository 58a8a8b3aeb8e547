import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LABEL_EXPIRES, LABEL_RUN } from "../stack/labels.ts";
import {
  docker,
  ended,
  firedrill,
  guardForeignObjects,
  killAfter,
  killAt,
  leftovers,
  runIdOf,
  seen,
  start,
} from "./testkit/killed-run.testkit.ts";
import { onlyRun, recorded, shopProject } from "./testkit/shop-project.testkit.ts";

/** How many runs are killed at random moments; the bounded number is CI's, more on demand. */
const KILLS = Number(process.env["FIREDRILL_KILLS"] ?? 3);

guardForeignObjects();

describe("D4, D7: a runner that is killed leaves nothing, and its log can be read", () => {
  it.each([
    '"phase":"up"',
    '"kind":"stack.up"',
    '"kind":"fault.armed","fault":"cut"',
    '"kind":"fault.confirmed","fault":"cut"',
    '"kind":"fault.confirmed","fault":"kill"',
    '"kind":"runbook.step.started"',
  ])("right after %s", (moment) => killAt(shopProject(), "compose", moment));

  it.each(Array.from({ length: KILLS }, () => Math.round(Math.random() * 15_000)))(
    "%i ms after its start",
    (ms) => killAfter(shopProject(), "compose", ms),
  );
});

it("down refuses to take the stack from a run that is still going", async () => {
  const folder = shopProject();
  const child = start(folder, "compose");
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
      const child = start(folder, "compose");
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
  expect(await ended(start(folder, "compose", "--keep"))).toBe(0);
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
