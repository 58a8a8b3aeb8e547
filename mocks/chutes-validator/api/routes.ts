import type { MockResponse } from "../../core/http.ts";
import type { Call } from "../validator.ts";
import { downloadAudit, listAudits, takeAudit } from "./audit.ts";
import { activateInstance, announceInstance, deleteInstance } from "./instances.ts";
import { activateLaunchConfig, claimLaunchConfig, getLaunchConfig, verifyLaunchConfig } from "./launch.ts";
import {
  activeInstances,
  minerChute,
  minerInventory,
  minerServers,
  releaseJob,
  rollingUpdates,
  streamTable,
  utilization,
} from "./lists.ts";
import { enterMaintenance, maintenancePolicy, maintenancePreflight } from "./maintenance.ts";
import { createNodes, deleteNode, listSupported, verificationStatus } from "./nodes.ts";
import { createServer, deleteServer, renameServer, showServer } from "./servers.ts";

/**
 * What the signature must cover beside hotkey and nonce: a purpose by name, the body's hash (`body`), or nothing, because
 * the route is open or carries a token of its own.
 */
export type Signing = { readonly purpose: string } | "body" | "none";

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly signing: Signing;
  run(call: Call): MockResponse;
}

const purpose = (name: string): Signing => ({ purpose: name });

/** `/servers/{id}` with named groups for what stands in braces. */
function route(line: string, signing: Signing, run: Route["run"]): Route {
  const [method = "", path = ""] = line.split(" ");
  const pattern = new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
  return { method, pattern, signing, run };
}

/** In the order in which they are tried. */
export const ROUTES: readonly Route[] = [
  route("POST /servers/", "body", createServer),
  route("GET /servers/maintenance/policy", purpose("tee"), maintenancePolicy),
  route("GET /servers/{id}/maintenance/preflight", purpose("tee"), maintenancePreflight),
  route("PUT /servers/{id}/maintenance", purpose("tee"), enterMaintenance),
  route("GET /servers/{id}", purpose("tee"), showServer),
  route("PATCH /servers/{id}", purpose("tee"), renameServer),
  route("DELETE /servers/{id}", purpose("tee"), deleteServer),
  route("GET /nodes/supported", "none", listSupported),
  route("POST /nodes/", "body", createNodes),
  route("GET /nodes/verification_status", purpose("graval"), verificationStatus),
  route("DELETE /nodes/{id}", purpose("nodes"), deleteNode),
  route("GET /miner/chutes/", purpose("miner"), streamTable("chutes")),
  route("GET /miner/images/", purpose("miner"), streamTable("images")),
  route("GET /miner/nodes/", purpose("miner"), streamTable("nodes")),
  route("GET /miner/instances/", purpose("miner"), streamTable("instances")),
  route("GET /miner/jobs/", purpose("miner"), streamTable("jobs")),
  // Open in chutes-api, though the miner signs it.
  route("GET /miner/metrics/", "none", streamTable("metrics")),
  route("GET /miner/active_instances/", purpose("miner"), activeInstances),
  route("GET /miner/servers/", purpose("miner"), minerServers),
  route("GET /miner/inventory", purpose("miner"), minerInventory),
  route("GET /miner/chutes/{chute}/{version}", purpose("miner"), minerChute),
  route("DELETE /miner/jobs/{job}", purpose("miner"), releaseJob),
  route("GET /chutes/utilization", "none", utilization),
  route("GET /chutes/rolling_updates", "none", rollingUpdates),
  route("GET /instances/launch_config", purpose("launch"), getLaunchConfig),
  route("POST /instances/launch_config/{config}", "none", claimLaunchConfig),
  route("PUT /instances/launch_config/{config}", "none", verifyLaunchConfig),
  route("GET /instances/launch_config/{config}/activate", "none", activateLaunchConfig),
  route("POST /instances/{chute}/", "body", announceInstance),
  route("PATCH /instances/{chute}/{instance}", "body", activateInstance),
  route("DELETE /instances/{chute}/{instance}", purpose("instances"), deleteInstance),
  route("POST /audit/miner_data", "body", takeAudit),
  route("GET /audit/", "none", listAudits),
  route("GET /audit/download", "none", downloadAudit),
];
