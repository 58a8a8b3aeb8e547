import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { shopProject } from "./testkit/shop-project.testkit.ts";

it("D14: without k3d: status 69, what was looked for, and what gets it", async () => {
  const { VITEST: _, ...own } = process.env;
  const empty = mkdtempSync(join(tmpdir(), "fd-empty-"));
  const { exitCode, all } = await execa(process.execPath, ["shop.mjs", "--tier", "k3d"], {
    cwd: shopProject(),
    env: { ...own, PATH: empty, XDG_CACHE_HOME: empty },
    extendEnv: false,
    reject: false,
    all: true,
  });
  expect(exitCode, all).toBe(69);
  expect(all).toContain("k3d");
  expect(all).toContain("npx firedrill doctor --fix");
});
