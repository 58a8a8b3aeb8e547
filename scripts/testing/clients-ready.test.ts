import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientsReady } from "./clients-ready.ts";

const without =
  (...missing: string[]) =>
  async ([file]: readonly [string, ...string[]]) =>
    !missing.includes(file);

test("ready when every program works", async () => {
  expect(await clientsReady(without())).toMatchObject({ ready: true });
});

test.each([
  [["s3cmd"], "no s3cmd", "s3cmd"],
  [["python3", "aws"], "no python3 with venv, aws", "python3-venv awscli"],
  [["promtool", "prometheus"], "no promtool, prometheus", "prometheus"],
])("without %s it says what is missing and one line that mends it", async (missing, reason, packages) => {
  expect(await clientsReady(without(...missing))).toEqual({
    ready: false,
    reason,
    fix: `apt-get install --no-install-recommends ${packages}`,
  });
});

test("CI installs all of it", async () => {
  const readiness = await clientsReady(async () => false);
  const packages = readiness.ready ? [] : readiness.fix.split(" ").slice(3);
  const ci = readFileSync(join(import.meta.dirname, "..", "..", ".ci", "run"), "utf8");
  expect(packages).toHaveLength(5);
  for (const name of packages) expect(ci).toMatch(new RegExp(`apt-get install.*\\b${name}\\b`));
});
