import { confirm, isCancel } from "@clack/prompts";
import { explainError, FiredrillError } from "../../error.ts";
import { gatherFacts } from "./facts.ts";
import { thisMachine } from "./machine.ts";
import { describeRepair, planRepairs } from "./plan.ts";
import { makeRepair } from "./repair.ts";

export interface FixOptions {
  /** Asked for by `--yes`: no question. */
  readonly yes: boolean;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/**
 * Installs and starts what is missing. A repair that fails is told and does not stop those that can still help.
 * @throws USAGE_FLAG when nobody can be asked and `--yes` was not given; RUN_INTERRUPTED when the answer is no
 */
export async function fix(options: FixOptions): Promise<void> {
  const { signal, progress } = options;
  const facts = await gatherFacts(thisMachine, signal);
  const { repairs, refused } = planRepairs(facts);
  for (const line of refused) progress(`can't be repaired from here: ${line}`);
  if (repairs.length === 0) return progress("nothing to repair");
  const list = repairs.map((repair) => `  - ${describeRepair(repair)}`).join("\n");
  if (!options.yes) await ask(list);
  progress(`repairing:\n${list}`);
  const mayInstall = facts.isRoot && facts.programs.has("apt-get");
  for (const repair of repairs) {
    try {
      await makeRepair(repair, { machine: thisMachine, signal, progress }, mayInstall);
    } catch (error) {
      signal.throwIfAborted();
      progress(`this failed: ${describeRepair(repair)}\n${explainError(error)}`);
    }
  }
}

async function ask(list: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new FiredrillError("USAGE_FLAG", "doctor --fix changes this machine and there is nobody to ask", {
      received: `no terminal; it would:\n${list}`,
      hint: "say yes beforehand: npx firedrill doctor --fix --yes",
    });
  }
  const answer = await confirm({
    message: `doctor --fix will change this machine:\n${list}\nGo on?`,
    output: process.stderr,
  });
  if (isCancel(answer) || !answer) throw new FiredrillError("RUN_INTERRUPTED", "nothing was changed");
}
