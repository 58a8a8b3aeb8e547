import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { K3D_TOOLS_IMAGE, NODE_IMAGE } from "../../scripts/images/index.ts";
import { resolveImage } from "../stack/images/index.ts";
import { requireKubernetesTools } from "../tier/k3d/tools.ts";
import {
  docker,
  ended,
  guardForeignObjects,
  killAfter,
  killAt,
  leftovers,
  runIdOf,
  seen,
  start,
} from "./testkit/killed-run.testkit.ts";
import { recorded, shopProject } from "./testkit/shop-project.testkit.ts";

/** How many runs are killed at random moments; the bounded number is CI's, ten and more on demand. */
const KILLS = Number(process.env["FIREDRILL_KILLS"] ?? 1);
/** A run takes about this long: creating, fault, runbook, deleting all lie within. */
const RUN_MS = 60_000;

guardForeignObjects();

/** Somebody else's cluster, made with k3d beside ours. */
const theirs = `theirs-${process.pid}`;
const { k3d } = await requireKubernetesTools();
const images = await Promise.all(
  [NODE_IMAGE, K3D_TOOLS_IMAGE].map((image) =>
    resolveImage(docker, image, { signal: AbortSignal.timeout(600_000) }),
  ),
);

function byHand(...args: string[]) {
  return execa(k3d.path, args, {
    env: {
      K3D_IMAGE_TOOLS: images[1]!.use,
      HOME: mkdtempSync(join(tmpdir(), "firedrill-home-")),
    },
  });
}

beforeAll(async () => {
  const flags = ["--no-lb", "--api-port", "127.0.0.1:0", "--timeout", "120s"];
  await byHand("cluster", "create", theirs, "--image", images[0]!.use, ...flags);
});
afterAll(async () => {
  await byHand("cluster", "delete", theirs);
});

/** Its containers, and since when they run. */
async function theirContainers(): Promise<string[]> {
  const list = await docker.listContainers({ filters: { label: [`k3d.cluster=${theirs}`] } });
  const inspected = await Promise.all(list.map(({ Id }) => docker.getContainer(Id).inspect()));
  return inspected.map(({ Id, State }) => `${Id} ${State.StartedAt}`).toSorted();
}

describe("D4, D7: on k3d a runner that is killed leaves nothing, and a stranger's cluster is untouched", () => {
  let before: string[] = [];
  beforeAll(async () => {
    before = await theirContainers();
    expect(before.length).toBeGreaterThan(0);
  });
  afterAll(async () => expect(await theirContainers()).toEqual(before));

  it.each(['"kind":"fault.confirmed","fault":"kill"'])("right after %s", (moment) =>
    killAt(shopProject(), "k3d", moment),
  );

  it.each(Array.from({ length: KILLS }, () => Math.round(Math.random() * RUN_MS)))(
    "%i ms after its start",
    (ms) => killAfter(shopProject(), "k3d", ms),
  );
});

describe("D2: on k3d a runner that is interrupted", () => {
  it("undoes the fault, takes the clusters down and ends with 130", async () => {
    const folder = shopProject();
    const child = start(folder, "k3d");
    await seen(folder, '"kind":"fault.confirmed","fault":"cut"');
    const exit = ended(child);
    child.kill("SIGINT");
    expect(await exit).toBe(130);
    expect(recorded(folder)).toContain('"kind":"fault.reverted","fault":"cut","by":"interrupt"');
    expect(await leftovers(runIdOf(folder))).toEqual([]);
  });
});
