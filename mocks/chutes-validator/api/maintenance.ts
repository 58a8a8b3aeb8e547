import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { refuse } from "../failure.ts";
import type { InstanceRow, ServerRow, UpgradeWindow } from "../state/rows.ts";
import type { Call, Validator } from "../validator.ts";
import { purge } from "./instances.ts";
import { serverOf } from "./servers.ts";

/** Upgrade windows: when a miner may take a server out of service, and how many (chutes-api preflight_maintenance). */

/** The window that is open now. */
function openWindow({ network, world }: Validator): UpgradeWindow | null {
  const window = network.upgradeWindow;
  const nowMs = world.clock.nowMs();
  return window !== null && window.startMs <= nowMs && nowMs <= window.endMs ? window : null;
}

function windowView({ network }: Validator, window: UpgradeWindow) {
  return {
    id: window.id,
    target_measurement_version: window.target,
    upgrade_window_start: network.iso(window.startMs),
    upgrade_window_end: network.iso(window.endMs),
    max_concurrent_per_miner: window.limit,
  };
}

/** GET /servers/maintenance/policy */
export function maintenancePolicy({ validator, hotkey }: Call): MockResponse {
  const window = openWindow(validator);
  if (window === null) return jsonResponse(200, { active_window: null, current_slots: 0, servers: [] });
  const own = [...validator.network.servers.values()].filter((it) => it.hotkey === hotkey && it.tee);
  return jsonResponse(200, {
    active_window: windowView(validator, window),
    current_slots: slots(validator, hotkey, window),
    servers: own.map((server) => ({
      server_id: server.id,
      name: server.name,
      version: server.version,
      needs_upgrade: isOlder(server.version, window.target),
      in_maintenance: server.windowId !== null,
    })),
  });
}

/** GET /servers/{id}/maintenance/preflight */
export function maintenancePreflight(call: Call): MockResponse {
  return jsonResponse(200, preflight(call.validator, serverOf(call)));
}

/** PUT /servers/{id}/maintenance: what runs on the server is purged. */
export function enterMaintenance(call: Call): MockResponse {
  const { validator } = call;
  const server = serverOf(call);
  const result = preflight(validator, server);
  const window = openWindow(validator);
  if (!result.eligible || window === null) {
    const conflicts = ["sole_survivor", "concurrency_cap", "maintenance_pending"];
    const conflict = result.denial_reasons.some(({ reason }) => conflicts.includes(reason));
    return refuse(conflict ? 409 : 403, result);
  }
  server.windowId = window.id;
  const purged = instancesOn(validator, server);
  for (const instance of purged) purge(validator, instance);
  return jsonResponse(200, {
    server_id: server.id,
    purged_instance_ids: purged.map(({ id }) => id),
    window: windowView(validator, window),
  });
}

interface Denial {
  readonly reason: string;
  readonly [detail: string]: unknown;
}

function preflight(validator: Validator, server: ServerRow) {
  const window = openWindow(validator);
  const denials: Denial[] = [];
  let blocking: { chute_id: string; instance_id: string }[] = [];
  let current = 0;
  if (!server.tee) denials.push({ reason: "not_tee" });
  else if (window === null) denials.push({ reason: "no_active_window" });
  else {
    const versions = { current_version: server.version, target_version: window.target };
    if (!isOlder(server.version, window.target)) denials.push({ reason: "already_at_target", ...versions });
    if (server.windowId === window.id)
      denials.push({ reason: "maintenance_pending", ...versions, window_id: window.id });
    current = slots(validator, server.hotkey, window);
    if (current >= window.limit)
      denials.push({ reason: "concurrency_cap", current_slots: current, limit: window.limit });
    blocking = soleSurvivors(validator, instancesOn(validator, server));
    if (blocking.length > 0) denials.push({ reason: "sole_survivor", blocking });
  }
  return {
    eligible: denials.length === 0,
    denial_reasons: denials,
    blocking_chute_ids: blocking,
    current_slots: current,
    limit: window?.limit ?? 1,
  };
}

function slots({ network }: Validator, hotkey: string, window: UpgradeWindow): number {
  return [...network.servers.values()].filter((it) => it.hotkey === hotkey && it.windowId === window.id)
    .length;
}

function instancesOn({ network }: Validator, server: ServerRow): InstanceRow[] {
  return [...network.instances.values()].filter(({ nodeIds }) =>
    nodeIds.some((id) => network.nodes.get(id)?.serverId === server.id),
  );
}

/** Instances without another active one of their chute anywhere. */
function soleSurvivors({ network }: Validator, own: readonly InstanceRow[]) {
  const all = [...network.instances.values()];
  return own
    .filter(({ id, chuteId }) => !all.some((it) => it.chuteId === chuteId && it.active && it.id !== id))
    .map(({ id, chuteId }) => ({ chute_id: chuteId, instance_id: id }));
}

/** Versions of three numbers; no version is older than any. */
function isOlder(version: string | null, target: string): boolean {
  if (version === null) return true;
  const [ours, theirs] = [version, target].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (ours?.[at] ?? 0) - (theirs?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
