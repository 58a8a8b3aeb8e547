import Docker from "dockerode";
import { expect, test } from "vitest";
import { resolveImage } from "../stack/images/index.ts";
import { IMAGES_NEEDED } from "./images-needed.ts";
import { runDoctor } from "./run-doctor.ts";

test("with an engine and Compose the doctor says that every tier can be used", async () => {
  const lines: string[] = [];
  const out = { line: (text: string) => void lines.push(text), progress: () => {} };
  expect(await runDoctor({ fix: false, yes: false, json: true, out })).toBe(0);
  const { ready, checks } = JSON.parse(lines.join("\n")) as {
    ready: boolean;
    checks: Record<string, string>[];
  };
  expect(ready).toBe(true);
  const state = (id: string) => checks.find((check) => check["id"] === id)?.["state"];
  for (const id of ["node", "ports", "engine", "compose"]) expect(state(id)).toBe("ok");
  // Tried in a container of its own; which features this kernel has is another matter.
  expect(["ok", "partial"]).toContain(state("kernel"));
});

test("repairing a machine that has everything changes nothing and asks nothing", async () => {
  const said: string[] = [];
  const out = { line: () => {}, progress: (text: string) => void said.push(text) };
  for (const image of IMAGES_NEEDED) {
    await resolveImage(new Docker(), image, { signal: AbortSignal.timeout(170_000) });
  }
  expect(await runDoctor({ fix: true, yes: false, json: false, out })).toBe(0);
  expect(said).toEqual(["nothing to repair"]);
});
