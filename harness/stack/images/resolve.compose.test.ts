import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { afterAll, expect, test } from "vitest";
import type { Recipe } from "../../../scripts/images/index.ts";
import { buildLayer } from "../../../scripts/images/layer.ts";
import { ensureToolbox, resolveImage } from "./index.ts";

const docker = new Docker();
const name = `fd-image-test-${randomBytes(4).toString("hex")}`;
const signal = AbortSignal.timeout(170_000);
let builds = 0;

/** A recipe for a repository that no registry has. */
function recipe(digest: string): Recipe {
  return {
    repository: name,
    estimateSeconds: 1,
    digest: async () => digest,
    async offer() {
      return { reference: `firedrill.local/${name}:3`, version: "3.1", madeFrom: "nothing" };
    },
    foundation: () => ensureToolbox(docker, { signal }),
    async build(site, { offer, from, labels }) {
      builds++;
      await buildLayer(site, {
        reference: offer.reference,
        labels: { ...labels, "dev.firedrill.test": "images" },
        dockerfile: [`FROM ${from}`, `ENV DIGEST=${digest}`],
      });
    },
  };
}

afterAll(async () => {
  await docker.getImage(`firedrill.local/${name}:3`).remove();
});

test("an image without a recipe that cannot be pulled is an error that says what to do", async () => {
  await expect(resolveImage(docker, `${name}:3`, { signal, recipes: [] })).rejects.toMatchObject({
    code: "ENV_IMAGE",
    hint: expect.stringContaining("docker load"),
  });
});

test("built once by two callers at a time, then present; a changed recipe builds again", async () => {
  const options = { signal, recipes: [recipe("one")] };
  const both = await Promise.all([
    resolveImage(docker, `${name}:3`, options),
    resolveImage(docker, `${name}:latest`, options),
  ]);
  expect(builds).toBe(1);
  for (const each of both) expect(each.use).toBe(`firedrill.local/${name}:3`);
  expect(both[0].substitution).toMatch(/^fd-image-test-.*:3 .*built locally from nothing$/);

  const again = await resolveImage(docker, `${name}:3`, options);
  expect(again).toMatchObject({
    how: "present",
    substitution: expect.stringContaining("is not on this machine"),
  });

  const before = await docker.getImage(again.use).inspect();
  await resolveImage(docker, `${name}:3`, { signal, recipes: [recipe("two")] });
  expect(builds).toBe(2);
  await expect(docker.getImage(before.Id).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test("another major version is never stood in for", async () => {
  await expect(resolveImage(docker, `${name}:4`, { signal, recipes: [recipe("two")] })).rejects.toMatchObject(
    {
      code: "ENV_IMAGE",
      received: expect.stringContaining("builds " + name + " 3.1"),
    },
  );
});

test("the toolbox has what faults need", async () => {
  const image = await ensureToolbox(docker, { signal });
  const script =
    "for tool in iptables ip tc ps sh dd cat kill sleep node; do command -v $tool || exit 1; done; node -v";
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["sh", "-c", script],
    Labels: { "dev.firedrill.test": "images" },
  });
  try {
    await container.start();
    expect((await container.wait()).StatusCode).toBe(0);
    expect(String(await container.logs({ stdout: true }))).toContain("v24.");
  } finally {
    await container.remove({ force: true, v: true });
  }
});
