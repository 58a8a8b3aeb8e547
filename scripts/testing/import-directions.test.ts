import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fd-imports-"));
  // The folders in its rules are those beside the file itself.
  copyFileSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lints one file of one import with the project's own rules. */
async function lint(file: string, from: string): Promise<string> {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { thing } from "${from}";\nexport const used = thing;\n`);
  const oxlint = join(ROOT, "node_modules", ".bin", "oxlint");
  const { stdout } = await execa(oxlint, ["--format", "json", file], {
    cwd: folder,
    reject: false,
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { code: string }[] };
  return diagnostics.map(({ code }) => code).join();
}

test.each([
  ["harness/criterion/judge.ts", "../tier/tier.ts"],
  ["harness/checker/unique.ts", "../scenario/run.ts"],
  ["harness/report/html/page.ts", "../../tier/sim/sim-tier.ts"],
  ["harness/gate/decide.ts", "../scenario/run-folder.ts"],
  ["harness/tier/sim/sim-tier.ts", "../../criterion/judge.ts"],
  ["harness/scenario/trial.ts", "../gate/decide.ts"],
  ["harness/fault/kinds/kill.ts", "../../report/write-report.ts"],
  ["harness/runbook/run.ts", "../cli/main.ts"],
])("%s may not import %s", async (file, from) => {
  expect(await lint(file, from)).toContain("no-restricted-imports");
});

test.each([
  ["harness/scenario/hand-over.ts", "../report/write-report.ts"],
  ["harness/criterion/judge.ts", "../events/vocabulary.ts"],
  ["harness/scenario/trial.ts", "../tier/tier.ts"],
  ["harness/cli/rejudge.ts", "../criterion/judge.ts"],
])("%s may import %s", async (file, from) => {
  expect(await lint(file, from)).toBe("");
});
