import type { HttpResponse } from "../../../harness/service/http.ts";
import type { ControlPlane } from "./control-plane-routes.ts";
import { metricsText, single } from "../parts/metrics-text.ts";

/** GET /metrics of a control plane: what it knows without asking the database, so that it answers in an outage. */
export function controlPlaneMetrics({ lease, registry, reconciler, acceptor }: ControlPlane): HttpResponse {
  const token = lease.leading();
  const nodes = registry.list();
  const inState = (state: string) => nodes.filter((node) => node.state === state).length;
  return metricsText([
    single("gauge", "fleet_leader", "1 while this control plane holds the lease.", token === null ? 0 : 1),
    single("gauge", "fleet_lease_token", "Fencing token of the lease, 0 without one.", token ?? 0),
    single("counter", "fleet_terms_total", "Times this control plane began to lead.", lease.terms()),
    single(
      "gauge",
      "fleet_database_up",
      "1 while the database answers.",
      lease.database() === "reachable" ? 1 : 0,
    ),
    single(
      "counter",
      "fleet_writes_fenced_total",
      "Accepted writes that the fence held off.",
      acceptor.fenced(),
    ),
    single(
      "counter",
      "fleet_tasks_rescheduled_total",
      "Tasks taken back from lost workers.",
      reconciler.rescheduled(),
    ),
    {
      name: "fleet_nodes",
      help: "Registered nodes, as the leader sees them.",
      type: "gauge",
      samples: ["alive", "lost"].map((state) => ({ labels: { state }, value: inState(state) })),
    },
  ]);
}
