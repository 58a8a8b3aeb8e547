import type Docker from "dockerode";
import type { MockDefinition } from "../../../../mocks/core/mock.ts";
import type { Emit } from "../../../events/vocabulary.ts";
import type { WorkloadRef } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import type { Pod } from "../api/objects.ts";
import type { Cluster, NodeRef } from "../cluster/cluster.ts";

/** What a fault on the k3d tier may touch: one run's clusters, their nodes and what runs there. */
export interface K3dFaultContext {
  readonly docker: Docker;
  readonly runId: string;
  readonly clock: Clock;
  /** @throws BUG for a name that the stack does not have */
  readonly cluster: (name: string) => Cluster;
  /** What a target's name means now. @throws USAGE_SELECTION when the stack has no such service, node or cluster */
  readonly locate: (target: string) => Promise<Located>;
  /** The mock that a service is. @throws USAGE_FAULT when the stack does not say that it is one. */
  readonly mockOf: (service: string) => Promise<MockDefinition>;
  /** An image with `sh`, `iptables`, `tc`, `ip`, `nsenter`, `ps` and Node, for helpers that enter a node's namespaces. */
  readonly toolboxImage: string;
  readonly emit: Emit;
}

/** What a target's name means. */
export type Located =
  | {
      readonly kind: "service";
      readonly name: string;
      readonly workload: WorkloadRef;
      /** Its pods that are not being deleted, by name; none while it is scaled to zero. */
      readonly pods: readonly Pod[];
    }
  | { readonly kind: "node"; readonly name: string; readonly node: NodeRef }
  | { readonly kind: "cluster"; readonly name: string; readonly nodes: readonly NodeRef[] };
