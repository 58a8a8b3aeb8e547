import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findGo } from "./build.ts";
import { COMPOSE } from "./tools.ts";

test("the version that is built is the version that go.mod pins", async () => {
  const manifest = await readFile(join(COMPOSE.folder, "go.mod"), "utf8");
  expect(manifest).toContain(`github.com/docker/compose/v2 ${COMPOSE.version} `);
  expect(manifest).toContain(`tool ${COMPOSE.main}\n`);
  expect(Object.values(COMPOSE.versionVariables)).toEqual([COMPOSE.version]);
});

test("without Go the error says what was tried", async () => {
  await expect(findGo(["/nowhere/go"])).rejects.toMatchObject({
    code: "ENV_TOOL",
    received: "tried /nowhere/go",
  });
});
