import { expect, test } from "vitest";
import type { CheckReport } from "./check.ts";
import { renderConclusion } from "./render.ts";

const missing = (title: string, neededBy: CheckReport["neededBy"]): CheckReport => ({
  id: title,
  title,
  neededBy,
  state: "missing",
  summary: "",
});
const engine = missing("Docker engine", "real tiers");
const compose = missing("Docker Compose", "compose");
const tools = missing("Kubernetes tools", "k3d");

test.each<[string, readonly CheckReport[]]>([
  ["Ready: every tier can be used.", [missing("Leftovers", "nothing")]],
  ["Ready: sim and compose; k3d needs: Kubernetes tools", [tools]],
  ["Ready: sim and k3d; compose needs: Docker Compose", [compose]],
  ["Ready: sim; compose needs: Docker engine, Docker Compose; k3d needs: Docker engine", [engine, compose]],
  ["Nothing can run yet: Node.js.", [missing("Node.js", "every tier"), tools]],
])("%s", (words, reports) => {
  expect(renderConclusion(reports)).toBe(words);
});
