import type { Confirmation } from "../../../../fault/injector.ts";
import { addChains, type Chain, listRules, removeRules } from "../../../compose/faults/rules.ts";
import { POD_GONE } from "./in-pod.ts";
import { type HeldPod, holdRules, toldBy } from "./held-pod.ts";

/** Packet filter rules in a pod's network namespace, which outlives its containers. */
export async function applyRules(held: HeldPod, chains: readonly Chain[], ttlMs: number): Promise<void> {
  await holdRules(held, ttlMs);
  const script = `${removeRules(held.token)}\n${addChains(held.token, chains)}`;
  toldBy("making the rules", await held.inside(["sh", "-c", script]));
}

/** Confirmed while the pod lives on, the helper sits beside it, and the rules are in place. */
export async function rulesInPlace(held: HeldPod): Promise<Confirmation> {
  const helper = await held.helperThere();
  if (!helper.confirmed) return helper;
  const result = await held.inside(["sh", "-c", listRules(held.token)]);
  if (result.exitCode === POD_GONE) return { confirmed: false, evidence: "the pod is gone from its node" };
  const listed = toldBy("listing the rules", result).split("\n");
  const rules = listed.filter((line) => line.startsWith("-A FD-") && !line.includes(" -j RETURN"));
  const entered = listed.some((line) => / -j FD-/.test(line));
  const packets = rules.reduce((sum, line) => sum + Number(/ -c (\d+) \d+/.exec(line)?.[1] ?? 0), 0);
  return {
    confirmed: entered && rules.length > 0,
    evidence: entered
      ? `${rules.length} rules in the pod's network namespace, ${packets} packets so far`
      : "the rules are gone",
  };
}
