import type { MockWorld } from "../../core/mock.ts";
import type { GpuReading } from "../machine/reading.ts";
import { TICK_MS } from "../machine/machine.ts";
import type { GpuSettings } from "../settings.ts";

/** The extended resource of NVIDIA's device plug-in (github.com/NVIDIA/k8s-device-plugin, README). */
export const GPU_RESOURCE = "nvidia.com/gpu";
/** A divided GPU offers seven of the smallest slices. */
const SLICES = 7;

/** What the Kubernetes node object should say about these GPUs. */
export interface NodeView {
  /** Resource → how many; what is not here but once was is offered no more. */
  readonly capacity: Readonly<Record<string, string>>;
  /** Resources that a node of this machine must not offer now. */
  readonly withdrawn: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that must not be there now. */
  readonly lostLabels: readonly string[];
  readonly taints: readonly NodeTaint[];
  /** False: a fault says that the node is not ready. */
  readonly ready: boolean;
}

export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** The node that a device plug-in and GPU feature discovery would make of these GPUs, and what faults make of that. */
export function nodeView(
  { faults, clock }: MockWorld,
  settings: GpuSettings,
  gpus: readonly GpuReading[],
): NodeView {
  const gone = faults.standing("capacityGone") !== null;
  const none = faults.standing("noDevices") !== null || faults.standing("driverDown") !== null;
  const healthy = none ? [] : gpus.filter(({ lost, blocked }) => lost === null && blocked === null);
  const whole = healthy.filter(({ mig }) => !mig);
  const divided = healthy.length - whole.length;
  const flap = faults.standing("capacityFlap");
  const down = flap !== null && halfOf(clock.nowMs(), Number(flap.params["periodSec"])) === 1;
  const less = Number(faults.standing("capacity")?.params["n"] ?? 0) + (down ? Number(flap.params["n"]) : 0);
  const count = Math.max(0, whole.length - less) * settings.replicas;
  const slice = settings.card.mig === null ? null : `nvidia.com/mig-${settings.card.mig}`;
  const labels = labelsOf(settings, gpus.length);
  const loss = faults.standing("labelLoss");
  const lostLabels =
    loss === null ? [] : ((loss.params["labels"] as string[] | undefined) ?? Object.keys(labels));
  const taint = faults.standing("taint");
  return {
    capacity: {
      ...(gone ? {} : { [GPU_RESOURCE]: String(count) }),
      ...(slice === null || divided === 0 || gone ? {} : { [slice]: String(divided * SLICES) }),
    },
    withdrawn: [
      ...(gone ? [GPU_RESOURCE] : []),
      ...(slice !== null && (gone || divided === 0) ? [slice] : []),
    ],
    labels: Object.fromEntries(Object.entries(labels).filter(([name]) => !lostLabels.includes(name))),
    lostLabels,
    taints: taint === null ? [] : [taint.params as unknown as NodeTaint],
    ready: faults.standing("notReady") === null,
  };
}

/** 0 in the first half of a period, 1 in the second, by whole seconds since the mock began. */
function halfOf(nowMs: number, periodSec: number): 0 | 1 {
  const seconds = Math.floor(nowMs / TICK_MS);
  return seconds % periodSec < periodSec / 2 ? 0 : 1;
}

/** Those of NVIDIA's GPU feature discovery, and those that chutes reads (chutes-miner). */
function labelsOf({ card, cardKey, replicas, chutes }: GpuSettings, count: number): Record<string, string> {
  const product = card.name.replaceAll(" ", "-");
  return {
    "nvidia.com/gpu.present": "true",
    "nvidia.com/gpu.count": String(count),
    "nvidia.com/gpu.memory": String(card.memoryMib),
    "nvidia.com/gpu.product": replicas > 1 ? `${product}-SHARED` : product,
    ...(replicas > 1 ? { "nvidia.com/gpu.replicas": String(replicas) } : {}),
    ...(chutes
      ? {
          "gpu-short-ref": cardKey,
          "chutes/external-ip": "192.0.2.1",
          "chutes/tee": "true",
          "chutes/worker": "true",
          "chutes/validator": "mock",
        }
      : {}),
  };
}
