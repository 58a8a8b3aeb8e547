import type { Duplex } from "node:stream";
import type { ServiceSpec } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";

/** From a pod's readiness to the rules of every node's kube-proxy it takes about a second, more on a busy machine. */
const REACHABLE_WITHIN_MS = 15_000;
const BETWEEN_TRIES_MS = 200;

/** Opens a connection to a service as an outsider does. */
export type OpenService = (service: string, port: number, signal: AbortSignal) => Promise<Duplex>;

/**
 * Waits until every port of every service takes connections: pods are ready before the nodes know the way to them, and
 * whoever asks in between is refused. A port that nobody listens on is no reason to fail: probes say what must answer.
 */
export async function untilReachable(
  services: readonly Pick<ServiceSpec, "name" | "ports">[],
  open: OpenService,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock.nowMs() + REACHABLE_WITHIN_MS;
  const reach = async (service: string, port: number) => {
    while (clock.nowMs() < untilMs) {
      signal.throwIfAborted();
      try {
        (
          await open(service, port, AbortSignal.any([signal, AbortSignal.timeout(REACHABLE_WITHIN_MS)]))
        ).destroy();
        return;
      } catch {
        await clock.sleep(BETWEEN_TRIES_MS, signal);
      }
    }
  };
  await Promise.all(services.flatMap(({ name, ports }) => ports.map((port) => reach(name, port))));
}
