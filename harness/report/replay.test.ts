import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { recordedPath, replayCommand } from "./replay.ts";

const plain = { tier: "sim", seed: 7, trials: 1, control: "none" } as const;

test("the shortest line that runs the same again", () => {
  expect(replayCommand("scenarios/failover.mjs", plain)).toBe(
    "npx zx scenarios/failover.mjs --tier sim --seed 7",
  );
  expect(replayCommand("a.mjs", { ...plain, trials: 3, control: "placebo" })).toBe(
    "npx zx a.mjs --tier sim --seed 7 --trials 3 --control placebo",
  );
});

test("a shell reads an odd path back as it was", () => {
  const path = "my drills/it's $HOME `x`.mjs";
  const command = replayCommand(path, plain).replace("npx zx", "printf %s\\\\n");
  expect(execFileSync("sh", ["-c", command], { encoding: "utf8" }).split("\n")[0]).toBe(path);
});

test("a recorded path is shown from its folder of scenarios on", () => {
  expect(recordedPath("/home/me/project/scenarios/fleet/node-loss.mjs")).toBe(
    "scenarios/fleet/node-loss.mjs",
  );
  expect(recordedPath("/home/me/drill.mjs")).toBe("drill.mjs");
  expect(recordedPath(String.raw`C:\me\scenarios\failover.mjs`)).toBe("scenarios/failover.mjs");
});
