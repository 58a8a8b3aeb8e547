import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { helmTemplate, type ChartRelease } from "./render-chart.ts";

const release: ChartRelease = {
  kind: "chart",
  name: "shop",
  namespace: "front",
  chart: "/charts/shop",
  valuesFiles: ["/a.yaml", "/b.yaml"],
};
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "helm-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program that does what the script says, in the place of helm. */
async function helm(script: string): Promise<string> {
  const file = join(folder, "helm");
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

it("calls helm template with the release's name, namespace and values, later ones last", async () => {
  expect(await helmTemplate(() => helm('echo "$@"'))(release)).toBe(
    "template shop /charts/shop --namespace front --skip-tests --values /a.yaml --values /b.yaml",
  );
});

it("says what helm complained of, without its remarks and advice", async () => {
  const broken =
    'echo "walk.go: a link" >&2; echo "Error: parse error at x" >&2; echo "Use --debug" >&2; exit 1';
  await expect(helmTemplate(() => helm(broken))(release)).rejects.toMatchObject({
    code: "USAGE_STACK",
    received: "parse error at x",
    hint: expect.stringContaining("helm template shop /charts/shop"),
  });
});

it("says that helm is missing", async () => {
  const nowhere = async () => join(folder, "no-helm");
  await expect(helmTemplate(nowhere)(release)).rejects.toMatchObject({
    code: "ENV_TOOL",
    hint: "npx firedrill doctor --fix",
  });
});
