import { expect, test } from "vitest";
import type { EventBody } from "../../../events/vocabulary.ts";
import { systemClock } from "../../../time/system-clock.ts";
import type { UpContext } from "../../tier.ts";
import { stackOf } from "../watch/watch.testkit.ts";
import { beforeProof, leaveWarm, onWarmOrNew, type WarmClusters } from "./reuse.ts";

function contextOf(runId: string): { readonly context: UpContext; readonly events: EventBody[] } {
  const events: EventBody[] = [];
  const context: UpContext = {
    runId,
    runDir: "",
    trial: 2,
    seed: 1,
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    clock: systemClock(),
    keepUntil: null,
    times: "fast",
    reuse: true,
  };
  return { context, events };
}
const bringUp = async ({ trial }: UpContext, warm: WarmClusters | null) => ({ trial, warm });
const WARM: WarmClusters = {
  trial: 1,
  standing: {
    network: { name: "n", id: "n", subnet: "198.18.0.0/24", nodeAddress: () => "" },
    kubeconfig: "",
    toolEnv: {},
  },
  mark: {},
};

test("without warm clusters a stack comes up on new ones, and nothing is told", async () => {
  const { context, events } = contextOf("none");
  expect(await onWarmOrNew(context, bringUp)).toEqual({ trial: 2, warm: null });
  expect(events).toEqual([]);
});

test("clusters that could not be emptied are removed, and the next stack says why it is on new ones", async () => {
  const { context, events } = contextOf("broken");
  let removals = 0;
  await leaveWarm(WARM, {
    docker: {} as never,
    tools: { k3d: "", helm: "", kubectl: "/nowhere/kubectl" },
    specs: stackOf("main").kubernetes!.clusters,
    runId: "broken",
    clock: context.clock,
    signal: context.signal,
    removeAll: async () => void removals++,
  });
  expect(removals).toBe(1);
  expect(await onWarmOrNew(context, bringUp)).toEqual({ trial: 2, warm: null });
  expect(events).toEqual([
    { kind: "stack.reused", pristine: false, detail: expect.stringContaining("kubectl") },
  ]);
  // Only once.
  await onWarmOrNew(context, bringUp);
  expect(events).toHaveLength(1);
});

test("what fails on new clusters before the proof is a failure as it is", async () => {
  const failure = new Error("no space");
  await expect(beforeProof(null, () => Promise.reject(failure))).rejects.toBe(failure);
  await expect(beforeProof(WARM, () => Promise.reject(failure))).rejects.toMatchObject({
    name: "NotPristine",
    message: "no space",
  });
});
