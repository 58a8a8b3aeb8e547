import type { Confirmation, ResolvedFault } from "../../../fault/injector.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import type { ComposeFaultContext } from "./context.ts";
import { keepUntilTtl, listRules, removeRules } from "./rules.ts";
import { sameLife, type Target } from "./target.ts";
import {
  execIn,
  faultToken,
  findHelpers,
  marked,
  removeHelpers,
  startNetworkHelper,
  succeeded,
  toolboxFor,
} from "./toolbox.ts";
import { toolboxArgs } from "./undo/operation.ts";

/**
 * Packet filter rules in a target's network namespace, together with the helper that sits there: it applies them, looks at
 * them, and takes them away when their time is up.
 */
export interface HeldRules {
  readonly target: Target;
  readonly token: string;
  readonly undo: readonly UndoAction[];
  /** Starts the helper and runs the script in it. @throws RUN_FAULT */
  apply(script: string, command?: readonly string[]): Promise<void>;
  /** Confirmed while the target lives on, the helper sits there, and the rules are in place. */
  look(): Promise<Confirmation>;
  /** Runs a command in the helper, that is, in the target's network. @throws RUN_FAULT */
  ask(argv: readonly string[]): Promise<string>;
}

/** Prepares rules for one target; changes nothing. */
export async function heldRules(
  context: ComposeFaultContext,
  fault: ResolvedFault,
  target: Target,
): Promise<HeldRules> {
  const { docker } = context;
  const token = faultToken(context, fault.id, target.id);
  const toolbox = await toolboxFor(context, target.id);
  let helper = "";
  const ask = async (argv: readonly string[]) =>
    succeeded(`"${argv[0]}" in the target's network`, await execIn(docker, helper, argv));
  return {
    target,
    token,
    undo: [{ op: "remove-rules", args: { container: target.id, token, ...toolboxArgs(toolbox) } }],
    apply: async (script, command = keepUntilTtl(token, fault.ttlMs)) => {
      // After a restart of the target the old helper still holds the namespace of its former life.
      await removeHelpers(docker, token);
      helper = await startNetworkHelper(marked(toolbox, token), target.id, command);
      await ask(["sh", "-c", `${removeRules(token)}\n${script}`]);
    },
    look: async () => {
      if (!(await sameLife(context, target))) return { confirmed: false, evidence: "it was restarted" };
      if (!(await findHelpers(docker, token)).includes(helper)) {
        return { confirmed: false, evidence: "the helper that holds the rules is gone" };
      }
      const listed = (await ask(["sh", "-c", listRules(token)])).split("\n").filter(Boolean);
      const inPlace = listed.some((line) => / -j FD-|^qdisc /.test(line));
      return { confirmed: inPlace, evidence: inPlace ? describe(listed) : "the rules are gone" };
    },
    ask,
  };
}

/** "3 rules, 17 packets": counters are `-c PACKETS BYTES` in each listed rule. A queue describes itself. */
function describe(listed: readonly string[]): string {
  const queues = listed.filter((line) => line.startsWith("qdisc "));
  if (queues.length > 0) return `in the kernel: ${queues.join(", ")}`;
  const rules = listed.filter((line) => line.startsWith("-A FD-") && !line.includes(" -j RETURN"));
  const packets = rules.reduce((sum, line) => sum + Number(/ -c (\d+) \d+/.exec(line)?.[1] ?? 0), 0);
  return `${rules.length} rules in its network namespace, ${packets} packets so far`;
}
