import { createHash } from "node:crypto";
import { jsonResponse } from "../../core/http.ts";
import type { MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import { HEX, randomText } from "../../core/random.ts";
import { checkWorkerCall } from "../auth/worker.ts";
import { queryOf } from "../body.ts";
import { answering, refuse } from "../failure.ts";
import type { Validator } from "../validator.ts";
import { disturbed } from "./disturbed.ts";
import type { Device } from "./devices.ts";

/** The worker's attestation service behind its proxy (sek8s attestation_proxy.py, the external port). */
export function answerAttestation(
  validator: Validator,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  return answering(async () => {
    const down = await disturbed(validator, exchange);
    const { method, path } = request;
    if (method === "GET" && path === "/health") return proxyHealth(down !== null);
    if (down !== null) return unavailable(Number(down.params["status"]));
    if (method === "GET" && path === "/server/health") return jsonResponse(200, "pong");
    if (method === "GET" && path === "/server/devices") {
      checkWorkerCall(validator, request, "miner or validator", "attest");
      return jsonResponse(200, chosen(shownDevices(validator, exchange), request));
    }
    if (path.startsWith("/server/") || path.startsWith("/service/"))
      checkWorkerCall(validator, request, "validator", "attest");
    if (method === "GET" && path === "/server/attest") return evidence(validator, request);
    validator.world.unmodelled(`attestation ${method} ${path}`);
    return { status: 404, headers: { "content-type": "text/plain" }, body: `Proxy route not found: ${path}` };
  });
}

/** The proxy looks for the service's socket. */
function proxyHealth(down: boolean): MockResponse {
  if (down)
    return {
      status: 503,
      headers: { "content-type": "text/plain" },
      body: "unhealthy: unix socket unavailable",
    };
  return jsonResponse(200, {
    status: "healthy",
    service: "attestation-proxy",
    socket_valid: true,
    consecutive_failures: 0,
  });
}

function unavailable(status: number): never {
  return refuse(status, status === 502 ? "Proxy request failed: " : "Internal proxy error: ");
}

/** The worker's GPUs as the faults leave them. */
function shownDevices({ devices, world }: Validator, exchange: MockExchange): readonly Device[] {
  const count = exchange.fault("attest.countMismatch");
  const others = exchange.fault("attest.wrongUuid");
  const wrong = Number(others?.params["gpus"] ?? 0);
  const random = world.random(`other-gpus`);
  const other = Array.from({ length: devices.length + 10 }, () => randomText(random, 32, HEX));
  const shown = devices.map((device, at) => (at < wrong ? { ...device, uuid: other[at] ?? "" } : device));
  const length = Math.max(0, shown.length + Number(count?.params["by"] ?? 0));
  const more = other
    .slice(devices.length)
    .flatMap((uuid) => (shown[0] === undefined ? [] : [{ ...shown[0], uuid }]));
  return [...shown, ...more].slice(0, length);
}

/** `?gpu_ids=a,b` or several of them. */
function chosen(devices: readonly Device[], { search }: MockRequest): readonly Device[] {
  const ids = new URLSearchParams(search)
    .getAll("gpu_ids")
    .flatMap((part) => part.split(","))
    .map((id) => id.trim().replace(/^GPU-/i, "").replaceAll("-", ""))
    .filter((id) => id !== "");
  return ids.length === 0 ? devices : devices.filter(({ uuid }) => ids.includes(uuid));
}

/** Bytes that look like a quote and are none: nobody can sign for Intel or NVIDIA. */
function evidence({ devices }: Validator, request: MockRequest): MockResponse {
  const nonce = queryOf(request, "nonce");
  const bytes = (what: string) => createHash("sha512").update(`${what}|${nonce}`).digest("base64");
  return jsonResponse(200, {
    tdx_quote: bytes("no tdx quote"),
    nvtrust_evidence: JSON.stringify(
      devices.map(({ uuid }) => ({
        evidence: bytes(`no evidence of ${uuid}`),
        certificate: "",
        arch: "HOPPER",
      })),
    ),
  });
}
