import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { optionalQuery, queryCount, queryFlag } from "../body.ts";
import { refuse } from "../failure.ts";
import type { Call } from "../validator.ts";

/** The services that the manager shows (sek8s SERVICE_ALLOWLIST). */
const SERVICES: Readonly<Record<string, string>> = {
  "admission-controller": "sek8s admission controller",
  "attestation-service": "TDX/nvtrust attestation service",
  k3s: "Lightweight Kubernetes control plane",
  "nvidia-persistenced": "NVIDIA persistence daemon",
  "nvidia-fabricmanager": "NVIDIA fabric manager",
};

/** Log lines that one answer holds at most (sek8s log_tail_max). */
const MAX_LINES = 1_000;
/** How often a followed log has a new line, in ms. Ours. */
const LOG_EVERY_MS = 5_000;
const KIB = 1_024;

export function statusHealth(): MockResponse {
  return jsonResponse(200, { status: "ok" });
}

const info = (id: string) => ({ id, unit: `${id}.service`, description: SERVICES[id] ?? "" });

export function listServices(): MockResponse {
  return jsonResponse(200, { services: Object.keys(SERVICES).map(info) });
}

function serviceOf({ params }: Call): string {
  const id = params["id"] ?? "";
  return SERVICES[id] === undefined ? refuse(404, "service not allowed") : id;
}

const pidOf = (id: string) => 1_000 + Object.keys(SERVICES).indexOf(id);

/** A worker whose attestation does not answer shows it here too. */
function statusOf({ validator }: Call, id: string) {
  const down =
    id === "attestation-service" &&
    validator.world.faults.standing("attest.down", { labels: { listener: "manager" } }) !== null;
  return {
    service: info(id),
    status: {
      load_state: "loaded",
      active_state: down ? "failed" : "active",
      sub_state: down ? "failed" : "running",
      unit_file_state: "enabled",
      main_pid: down ? "0" : String(pidOf(id)),
      exit_code: down ? "exited" : "0",
      exit_status: down ? "1" : "0",
    },
    healthy: !down,
    error: null,
  };
}

export function serviceStatus(call: Call): MockResponse {
  return jsonResponse(200, statusOf(call, serviceOf(call)));
}

/** `Jan 01 00:00:05 worker k3s[1002]: …`, as journalctl's short form. */
function logLine({ validator }: Call, id: string, number: number, atMs: number): string {
  const when = new Date(validator.network.iso(atMs)).toUTCString();
  const [, day = "", month = "", time = ""] = /, (\d+) (\w+) \d+ (\S+)/.exec(when) ?? [];
  return `${month} ${day} ${time} worker ${id}[${pidOf(id)}]: tick ${number}`;
}

export function serviceLogs(call: Call): MockResponse {
  const id = serviceOf(call);
  const wanted = queryCount(call.request, "lines", 200, [1, 1_000_000]);
  queryCount(call.request, "since_minutes", 0, [0, 1_440]);
  const nowMs = call.validator.world.clock.nowMs();
  const written = Math.floor(nowMs / LOG_EVERY_MS) + 1;
  const count = Math.min(wanted, MAX_LINES, written);
  const logs = Array.from({ length: count }, (_, at) => {
    const number = written - count + at;
    return logLine(call, id, number, number * LOG_EVERY_MS);
  });
  return jsonResponse(200, {
    service: { id, unit: `${id}.service` },
    requested_lines: wanted,
    returned_lines: count,
    stdout_truncated: false,
    logs,
  });
}

/** Follows the log until the client goes. */
export function streamLogs(call: Call): MockResponse {
  const id = serviceOf(call);
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: follow(call, id) };
}

async function* follow(call: Call, id: string): AsyncGenerator<string> {
  const { clock } = call.validator.world;
  const first = Math.floor(clock.nowMs() / LOG_EVERY_MS);
  for (let number = first; !call.exchange.signal.aborted; number++) {
    await clock.sleepUntil(number * LOG_EVERY_MS, call.exchange.signal);
    yield `${logLine(call, id, number, number * LOG_EVERY_MS)}\n`;
  }
}

function smi(call: Call, gpu: string, detail: boolean) {
  const { devices } = call.validator;
  const index = gpu === "all" ? null : Number(gpu);
  if (index !== null && !Number.isInteger(index)) return refuse(400, "gpu must be an integer or 'all'");
  if (index !== null && index < 0) return refuse(400, "gpu must be non-negative");
  const shown = devices
    .map((device, at) => ({ device, at }))
    .filter(({ at }) => index === null || at === index);
  const lines =
    shown.length === 0
      ? ["No devices were found"]
      : shown.map(({ device: { name, uuid }, at }) => `GPU ${at}: ${name} (UUID: GPU-${dashed(uuid)})`);
  const failed = shown.length === 0;
  return {
    command: ["nvidia-smi", ...(detail ? ["-q"] : []), ...(index === null ? [] : ["-i", String(index)])],
    exit_code: failed ? 6 : 0,
    stdout: `${lines.join("\n")}\n`,
    stderr: "",
    stdout_lines: lines,
    stderr_lines: [],
    stdout_truncated: false,
    stderr_truncated: false,
    detail,
    gpu,
    status: failed ? "error" : "ok",
  };
}

/** As nvidia-smi shows a UUID. */
const dashed = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

export function nvidiaSmi(call: Call): MockResponse {
  const gpu = optionalQuery(call.request, "gpu") ?? "all";
  return jsonResponse(200, smi(call, gpu, queryFlag(call.request, "detail")));
}

export function overview(call: Call): MockResponse {
  const services = Object.keys(SERVICES).map((id) => statusOf(call, id));
  const gpu = smi(call, "all", false);
  const well = services.every(({ healthy }) => healthy) && gpu.status === "ok";
  const { network, world } = call.validator;
  return jsonResponse(200, {
    status: well ? "ok" : "degraded",
    services,
    gpu,
    timestamp: network.iso(world.clock.nowMs()),
  });
}

/** GiB of the directories of a fresh VM. Ours. */
const DIRECTORIES: Readonly<Record<string, number>> = { var: 180, usr: 14, opt: 6, home: 1, etc: 1 };

export function diskSpace(call: Call): MockResponse {
  const path = optionalQuery(call.request, "path") ?? "/";
  const diagnostic = queryFlag(call.request, "diagnostic");
  const depth = queryCount(call.request, "max_depth", 3, [1, 10]);
  const top = queryCount(call.request, "top_n", 10, [1, 100]);
  if (path !== "/") return refuse(404, "Path does not exist");
  const total = Object.values(DIRECTORIES).reduce((sum, gib) => sum + gib, 0) * KIB ** 3;
  const directories = Object.entries(DIRECTORIES).map(([name, gib]) => ({
    name,
    path: `/${name}`,
    size_bytes: gib * KIB ** 3,
    size_human: `${gib.toFixed(1)} GB`,
    depth: 1,
    percentage: (gib * KIB ** 3 * 100) / total,
  }));
  return jsonResponse(200, {
    path,
    directories: diagnostic ? directories.slice(0, top) : directories,
    total_size_bytes: total,
    total_size_human: `${(total / KIB ** 3).toFixed(1)} GB`,
    stdout_truncated: false,
    diagnostic_mode: diagnostic,
    max_depth: diagnostic ? depth : null,
    top_n: diagnostic ? top : null,
  });
}

/** The VM says that it goes down. What runs on it goes on here: state shows that somebody asked. */
export function shutdown({ validator }: Call): MockResponse {
  const { world, worker, network } = validator;
  worker.shutdownMs = world.clock.nowMs();
  world.note("worker.shutdown", {});
  return jsonResponse(200, {
    status: "initiated",
    message: "Graceful shutdown initiated. System will power off in 2 seconds.",
    timestamp: network.iso(world.clock.nowMs()),
  });
}
