import type { KubeApi } from "../../../harness/tier/k3d/api/kube-api.ts";
import type { KubeNode } from "../../../harness/tier/k3d/api/objects.ts";
import type { Clock } from "../../../harness/time/clock.ts";
import { patchesFor } from "./patches.ts";
import type { NodeView } from "./view.ts";

/** A kubelet that starts anew sets extended resources to 0; a device plug-in is back within about a second. */
const LOOK_EVERY_MS = 1_000;

export interface KeepOptions {
  readonly api: Pick<KubeApi, "get" | "patch">;
  /** The node's name in Kubernetes. */
  readonly node: string;
  /** GET /node of the mock. */
  readonly view: () => Promise<NodeView>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Hears of what went wrong; the next look tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Keeps a node of a real cluster as the mock's GPUs would have it, until the signal: asks once a second and sends what
 * differs. A control plane or a mock that is away is part of a rehearsal: it is only told.
 */
export async function keepNode(options: KeepOptions): Promise<void> {
  const { clock, signal, onTrouble } = options;
  const ours = new Set<string>();
  while (!signal.aborted) {
    await assertOnce(options, ours).catch(onTrouble);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** In this order, each against the node as the one before has left it. */
const PARTS = {
  status: { path: "/status", as: "json" },
  metadata: { path: "", as: "merge" },
  taints: { path: "", as: "merge" },
  conditions: { path: "/status", as: "strategic-merge" },
} as const;

async function assertOnce({ api, node, view }: KeepOptions, ours: Set<string>): Promise<void> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  const wanted = await view();
  for (const { key } of wanted.taints) ours.add(key);
  const missing = async () => patchesFor(await api.get<KubeNode>(path), wanted, ours);
  let patches = await missing();
  const refusals: unknown[] = [];
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    if (patches[part] === null) continue;
    // One that is refused keeps no other back.
    await api
      .patch(`${path}${PARTS[part].path}`, PARTS[part].as, patches[part])
      .catch((error: unknown) => refusals.push(error));
    patches = await missing();
  }
  if (refusals.length > 0) throw refusals[0];
}
