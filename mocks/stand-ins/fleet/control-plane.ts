import type { Host } from "../../../harness/service/host.ts";
import { createAcceptor } from "./accept.ts";
import { controlPlaneRoutes } from "./control-plane-routes.ts";
import { keepLease } from "./lease.ts";
import { createReconciler } from "./reconcile.ts";
import { createRegistry } from "./registry.ts";
import { repeat } from "../parts/repeat.ts";
import { router } from "../parts/router.ts";
import { readMs, readRequired, readSwitch } from "../parts/settings.ts";
import type { Fence } from "./statements.ts";

/** The port of the system's fleet controller, see mocks/README.md. */
const PORT = 8082;
/** How soon a pending task is given out, at most. Ours. */
const SCHEDULE_EVERY_MS = 500;
/** A worker is lost after this many heartbeats that did not come. */
const MISSED_HEARTBEATS = 3;

/**
 * The fleet controller, one of two: the holder of the lease accepts tasks, gives them to workers and takes
 * them back from lost ones; the other waits. Everything it knows and must not forget is in Postgres.
 */
export default async function controlPlane(host: Host): Promise<void> {
  const { env } = host;
  const url = readRequired(env, "DATABASE_URL", "postgres://fleet:fleet@database:5432/fleet");
  const ttlMs = readMs(env, "LEASE_TTL_MS", 5_000);
  const renewMs = readMs(env, "LEASE_RENEW_MS", 1_000);
  const heartbeatMs = readMs(env, "HEARTBEAT_INTERVAL_MS", 2_000);
  const workerTimeoutMs = readMs(env, "WORKER_TIMEOUT_MS", MISSED_HEARTBEATS * heartbeatMs);
  const trusted = !readSwitch(env, "FENCING", true);

  // A connection of its own: a queue of waiting writes must not keep the lease from being renewed.
  const lease = keepLease(host, host.database(url), { ttlMs, renewMs });
  const database = host.database(url);
  const registry = createRegistry(() => host.clock.nowMs(), workerTimeoutMs);
  const reconciler = createReconciler(host, database, registry);
  // With FENCING=off it goes on believing what it believed when it accepted the write.
  const leads = ([, token]: Fence) => trusted || lease.leading() === token;
  const acceptor = createAcceptor(host, database, leads);
  const fence = (): Fence | null => {
    const token = lease.leading();
    return token === null ? null : [host.name, token, trusted];
  };

  repeat(host, "scheduling", SCHEDULE_EVERY_MS, async () => {
    const credentials = fence();
    if (credentials !== null) await reconciler.pass(lease.terms(), credentials);
  });

  // A control plane that has not noted its life for as long as a lease lasts could not hold one either.
  const parts = {
    host,
    lease,
    fence,
    database,
    registry,
    reconciler,
    acceptor,
    controlPlaneTimeoutMs: ttlMs,
  };
  await host.serve(PORT, router(controlPlaneRoutes(parts)));
}
