import type Docker from "dockerode";
import type { MockDefinition } from "../../../../mocks/core/mock.ts";
import type { Emit } from "../../../events/vocabulary.ts";

/** What a fault on the compose tier may touch: one run's containers and volumes, found by name. */
export interface ComposeFaultContext {
  readonly docker: Docker;
  readonly runId: string;
  /** The id of the service's container, running or not. @throws USAGE_SELECTION when the stack has no such service. */
  readonly containerOf: (service: string) => Promise<string>;
  /** Every container of the node on which the service runs (`x-firedrill.node`), the service's own among them. */
  readonly containersOnNode: (
    service: string,
  ) => Promise<readonly { readonly service: string; readonly id: string }[]>;
  /**
   * A volume of the service, by its name in the Compose file; without a name the service's only one.
   * `name` is the engine's name for it. @throws USAGE_FAULT when there is none, or several and no name.
   */
  readonly volumeOf: (
    service: string,
    volume?: string,
  ) => Promise<{ readonly name: string; readonly mountPath: string }>;
  /** The mock that the service is. @throws USAGE_FAULT when the stack does not say that it is one. */
  readonly mockOf: (service: string) => Promise<MockDefinition>;
  /** An image with `sh`, `iptables`, `tc`, `ip`, and Node, for helpers that enter the target's namespaces. */
  readonly toolboxImage: string;
  readonly emit: Emit;
}
