import { expect, it } from "vitest";
import type { ContainerStatus, Pod } from "../api/objects.ts";
import { whyNotReady } from "./why-not-ready.ts";

const pod = (status: Partial<Pod["status"]>): Pod => ({
  metadata: { name: "web-1", uid: "u", creationTimestamp: "", resourceVersion: "1" },
  spec: { containers: [{ name: "web", image: "acme/web:1" }] },
  status: { phase: "Pending", ...status },
});
const container = (status: Partial<ContainerStatus>): Pod =>
  pod({
    containerStatuses: [
      { name: "web", ready: false, restartCount: 0, image: "acme/web:1", state: {}, ...status },
    ],
  });

it.each([
  [
    "the scheduler's words",
    pod({
      conditions: [
        { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/2 nodes: no gpu" },
      ],
    }),
    "is not scheduled (Unschedulable: 0/2 nodes: no gpu)",
  ],
  [
    "the image that can't be had",
    container({ state: { waiting: { reason: "ImagePullBackOff" } } }),
    "can't get its image acme/web:1 (ImagePullBackOff)",
  ],
  [
    "how it ended",
    container({
      restartCount: 3,
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    }),
    "is CrashLoopBackOff: it ended with 137 for want of memory, 3 restarts",
  ],
  [
    "a missing part of its configuration",
    container({ state: { waiting: { reason: "CreateContainerConfigError", message: 'no secret "x"' } } }),
    'is CreateContainerConfigError (no secret "x")',
  ],
  [
    "its probe",
    pod({
      phase: "Running",
      containerStatuses: [
        {
          name: "web",
          ready: false,
          restartCount: 0,
          image: "i",
          state: { running: { startedAt: "now" } },
        },
      ],
    }),
    "runs, but its readiness probe fails",
  ],
])("tells %s", (_what, culprit, standing) => expect(whyNotReady(culprit)?.standing).toBe(standing));

it.each([
  ["is ready", pod({ phase: "Running", conditions: [{ type: "Ready", status: "True" }] })],
  ["has done its work", pod({ phase: "Succeeded" })],
])("blames no pod that %s", (_what, innocent) => expect(whyNotReady(innocent)).toBeNull());
