import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Check } from "../check.ts";
import { OPERATOR_TOOLS } from "../operator-tools.ts";

/** Are the programs there that runbook steps call? On `sim` all of them are modelled. */
export const operatorTools: Check = {
  id: "operator-tools",
  title: "Operator's tools",
  neededBy: "nothing",
  run: async () => {
    const absent = OPERATOR_TOOLS.filter((name) => !isOnPath(name));
    if (absent.length === 0) return { state: "ok", summary: OPERATOR_TOOLS.join(", ") };
    return {
      state: "partial",
      summary: `runbook steps that call ${absent.join(", ")} will fail on real tiers`,
      fix: `npx firedrill doctor --fix (or install ${absent.join(", ")} yourself)`,
    };
  },
};

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
