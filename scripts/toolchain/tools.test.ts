import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findGo } from "./build.ts";
import { COMPOSE, COREDNS, HELM, K3D, NEWEST_GO, NODE_PROGRAMS, PAUSE, TOXIPROXY } from "./tools.ts";
import type { PinnedTool } from "./tools.ts";

const PINNED = [COMPOSE, K3D, HELM, COREDNS, TOXIPROXY, ...NODE_PROGRAMS];
const manifestOf = (tool: PinnedTool) => readFile(join(tool.folder, "go.mod"), "utf8");

test.each(PINNED.map((tool) => [tool.name, tool] as const))(
  "the version of %s that is built is the version that go.mod pins",
  async (_, tool) => {
    const manifest = await manifestOf(tool);
    const required = [...manifest.matchAll(/^\t(\S+) (v\S+)/gm)].map(([, path = "", version]) => ({
      path,
      version,
    }));
    const module = required.findLast(({ path }) => `${tool.main}/`.startsWith(`${path}/`));
    expect(module?.version).toBe(tool.version);
    expect(manifest).toMatch(new RegExp(`^(tool |\t)${tool.main}$`, "m"));
    const { [0]: major, [1]: minor } = tool.version.slice(1).split(".");
    for (const value of Object.values(tool.versionVariables)) {
      expect([tool.version, major, minor]).toContain(value);
    }
  },
);

test("the Go that is asked for is the newest that a module names", async () => {
  const manifests = await Promise.all([...PINNED, PAUSE].map(manifestOf));
  const versions = manifests.map((text) => /^go (\S+)$/m.exec(text)?.[1] ?? "");
  expect(versions.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1)).toBe(NEWEST_GO);
});

test("modules are pinned for every machine: no paths, no hosts of a proxy", async () => {
  for (const manifest of await Promise.all(PINNED.map(manifestOf))) {
    expect(manifest).not.toMatch(/=> [./]|:\/\//);
  }
});

test("without Go the error says what was tried", async () => {
  await expect(findGo(["/nowhere/go"])).rejects.toMatchObject({
    code: "ENV_TOOL",
    received: "tried /nowhere/go",
  });
});
