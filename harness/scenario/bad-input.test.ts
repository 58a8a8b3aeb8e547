import { execFile } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { planShop, rehearseOnSim, SHOP_FILES } from "./testkit/rehearsal.testkit.ts";

const HARNESS = join(import.meta.dirname, "..", "index.ts");
const CLI = join(import.meta.dirname, "..", "cli", "main.ts");

/** A whole scenario as a person would have it, with some of its files changed. */
function project(
  changes: Partial<Record<"scenario" | "compose" | "runbook", (text: string) => string>> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-input-"));
  const scenario = `
    import { fault, must, probe, runbook, scenario } from ${JSON.stringify(HARNESS)};
    export default await scenario(import.meta, {
      title: "The shop dies",
      stack: "compose.yaml",
      probes: { up: probe.http("http://shop:8080/health", { every: "500ms" }) },
      faults: [fault.kill("shop")],
      runbook: runbook("runbook.md", { startsOn: "up", reaction: "2s" }),
      criteria: { back: must.recover("up", { within: "20s", hold: "3s" }) },
    });`;
  const same = (text: string) => text;
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "shop.mjs"), (changes.scenario ?? same)(scenario));
  writeFileSync(join(folder, "compose.yaml"), (changes.compose ?? same)(SHOP_FILES["compose.yaml"]));
  writeFileSync(join(folder, "runbook.md"), (changes.runbook ?? same)(SHOP_FILES["runbook.md"]));
  return folder;
}

async function run(folder: string, ...command: string[]): Promise<{ status: number; said: string }> {
  // Not as a test runner's child: there the exit status belongs to the runner.
  const { VITEST: _, ...env } = process.env;
  const options = { cwd: folder, env: { ...env, NO_COLOR: "1" } };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, options);
    return { status: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, said: stdout + stderr };
  }
}

const runs = (folder: string) => {
  const reports = readdirSync(folder).includes("reports") ? readdirSync(join(folder, "reports", "runs")) : [];
  return reports.filter((name) => name !== "latest").map((name) => join(folder, "reports", "runs", name));
};

describe("bad input ends with 64, says what to do, and leaves nothing", () => {
  it.each([
    [
      "an unknown field",
      { scenario: (file: string) => file.replace("title:", "titel:") },
      ["titel", "title"],
    ],
    [
      "an unknown fault parameter",
      { scenario: (file: string) => file.replace('kill("shop")', 'kill("shop", { hard: true })') },
      ["hard"],
    ],
    [
      "a fault that selects nothing",
      { scenario: (file: string) => file.replace('kill("shop")', 'kill("shpo")') },
      ["shpo", "shop"],
    ],
    [
      "a fault that only Kubernetes has",
      { scenario: (file: string) => file.replace('kill("shop")', 'drain("shop")') },
      ["the sim tier can't show", "use k3d"],
    ],
    [
      "a question that only k3d answers",
      { scenario: (file: string) => file.replace("http://shop:8080/health", "http://cluster/nodes") },
      ["k3d"],
    ],
    [
      "a criterion on no probe",
      { scenario: (file: string) => file.replace('recover("up"', 'recover("down"') },
      ["down", "up"],
    ],
    [
      "a probe that asks nobody",
      { scenario: (file: string) => file.replace("http://shop:8080", "http://shop:9090") },
      ["shop:8080"],
    ],
    [
      "a stack that is not there",
      { scenario: (file: string) => file.replace("compose.yaml", "missing.yaml") },
      ["missing.yaml"],
    ],
    [
      "a Compose file with a syntax error",
      { compose: (file: string) => file.replace("image: node:24", "image: [node:24") },
      ["compose.yaml:"],
    ],
    [
      "a step that names no service",
      { runbook: (file: string) => file.replace("start shop", "start shpo") },
      ["runbook.md:", "shpo", "shop"],
    ],
    [
      "an expectation on no probe",
      { runbook: (file: string) => file.replace("probe=up", "probe=upp") },
      ["runbook.md:", "upp"],
    ],
    [
      "a misspelt step comment",
      { runbook: (file: string) => file.replace("<!-- step id=start", "<!-- stpe id=start") },
      ["runbook.md:", "stpe"],
    ],
  ])("%s", async (_, changes, words) => {
    const folder = project(changes);
    const { status, said } = await run(folder, "shop.mjs", "--seed", "1");
    expect(said).not.toMatch(/\n\s+at /);
    for (const word of words) expect(said).toContain(word);
    expect(status, said).toBe(64);
    expect(runs(folder)).toEqual([]);
  });

  it.each([
    ["--teir", "compose"],
    ["--tier", "k8s"],
    ["--trials", "none"],
  ])("a wrong flag: %s %s", async (...flags) => {
    const { status, said } = await run(project(), "shop.mjs", ...flags);
    expect(status, said).toBe(64);
    expect(said).toContain("do this:");
  });
});

describe("a script", () => {
  it("that ends in GO ends with 0, and names the report", async () => {
    const folder = project();
    const { status, said } = await run(folder, "shop.mjs", "--seed", "1");
    expect(status, said).toBe(0);
    expect(said).toContain("report.html");
    expect(readdirSync(runs(folder)[0]!).toSorted()).toEqual(
      expect.arrayContaining([
        "MANIFEST.sha256",
        "events.jsonl",
        "gate.json",
        "junit.xml",
        "report.html",
        "summary.md",
      ]),
    );
  });

  it("that prints JSON prints nothing else", async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["shop.mjs", "--json"], {
      cwd: project(),
    });
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, decision: "go" });
    expect(stderr).toBe("");
  });

  it("that stalls before its scenario ends with 70, never with 0", async () => {
    const stall = (text: string) =>
      text
        .replace("export default", "void new Promise(() => {}); export const never =")
        .replace("await scenario", "() => scenario");
    expect((await run(project({ scenario: stall }), "shop.mjs")).status).toBe(70);
  });

  it("shows its plan and touches nothing with --dry-run", async () => {
    const folder = project();
    const { status, said } = await run(folder, "shop.mjs", "--dry-run");
    expect(status, said).toBe(0);
    expect(said).toContain("kill on shop");
    expect(said).toContain("Not foreseen by this dry run");
    expect(runs(folder)).toEqual([]);
  });
});

describe("rejudge", () => {
  const recorded = async () => {
    const folder = project();
    await run(folder, "shop.mjs", "--seed", "1");
    return { folder, runDir: runs(folder)[0]! };
  };

  it("reaches the same verdict from the files alone", async () => {
    const { folder, runDir } = await recorded();
    const before = readFileSync(join(runDir, "gate.json"), "utf8");
    const { status, said } = await run(folder, CLI, "rejudge", runDir);
    expect(status, said).toBe(0);
    const { scenario: _a, replay: _b, ...now } = JSON.parse(readFileSync(join(runDir, "gate.json"), "utf8"));
    expect(JSON.parse(before)).toMatchObject(now);
  });

  it("of a log that was cut off is HOLD, and says where it ends", async () => {
    const { folder, runDir } = await recorded();
    const log = join(runDir, "events.jsonl");
    truncateSync(log, Math.floor(readFileSync(log).length / 2));
    const { status, said } = await run(folder, CLI, "rejudge", runDir);
    expect(status, said).toBe(11);
    expect(said).toMatch(/cut off in line \d+/);
  });

  it("of a damaged log names the line", async () => {
    const { folder, runDir } = await recorded();
    appendFileSync(join(runDir, "events.jsonl"), '{"kind":"fault.happened"}\n');
    const { status, said } = await run(folder, CLI, "rejudge", runDir);
    expect(status, said).toBe(70);
    expect(said).toMatch(/events\.jsonl:\d+ is not an event/);
  });

  it("of nothing says what it looked for", async () => {
    const { status, said } = await run(project(), CLI, "rejudge", "abc123");
    expect(status, said).toBe(64);
    expect(said).toContain("abc123");
  });
});

it("a full disk while the log is written ends with a clear error, and everything is undone first", async () => {
  const planned = await planShop();
  const { error, events } = await rehearseOnSim(planned, {
    prepare: (runDir) => symlinkSync("/dev/full", join(runDir, "events.jsonl")),
  });
  expect(error).toMatchObject({ code: "ENV_DISK", hint: expect.stringContaining("FIREDRILL_RUNS_DIR") });
  expect(events.at(-1)).toMatchObject({ kind: "run.ended" });
});
