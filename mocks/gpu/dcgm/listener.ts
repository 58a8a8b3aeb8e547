import type { HttpListener, MockRequest, MockResponse } from "../../core/http.ts";
import { METRICS_TYPE, metricsText } from "../../core/metrics-text.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { Machine } from "../machine/machine.ts";
import type { Dialect } from "../settings.ts";
import { dcgmFamilies } from "./exporter.ts";

/** Where dcgm-exporter listens. */
const PORT = 9_400;

/** dcgm-exporter's port. */
export function dcgmListener(world: MockWorld, machine: Machine): HttpListener {
  return {
    kind: "http",
    name: "dcgm",
    port: PORT,
    hosts: ["dcgm-exporter", "localhost:9400"],
    journalHeaders: [],
    labels: ({ path }) => ({ route: path }),
    answer: (request) => route(world, machine, request),
  };
}

function route(world: MockWorld, machine: Machine, { method, path }: MockRequest): MockResponse {
  switch (`${method} ${path}`) {
    case "GET /metrics":
      return { status: 200, headers: { "content-type": METRICS_TYPE }, body: scrape(world, machine) };
    case "GET /health":
      return plain(200, "OK");
    case "GET /":
      return {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: '<html><head><title>GPU Exporter</title></head><body><h1>GPU Exporter</h1><p><a href="./metrics">Metrics</a></p></body></html>',
      };
  }
  world.unmodelled(`${method} ${path}`);
  return plain(404, "404 page not found\n");
}

function scrape({ faults }: MockWorld, machine: Machine): string {
  const gpus = machine.sample();
  if (faults.standing("noDevices") !== null || faults.standing("driverDown") !== null || gpus.length === 0)
    return "";
  const nan = faults.standing("dcgm.nan");
  const dialect = (faults.standing("dcgm.dialect")?.params["to"] ?? machine.settings.dcgm) as Dialect;
  return metricsText(
    dcgmFamilies(gpus, machine.settings, dialect, {
      nan: nan === null ? null : String(nan.params["metric"] ?? "all"),
      missing: (faults.standing("dcgm.missingField")?.params["metric"] as string | undefined) ?? null,
    }),
  );
}

function plain(status: number, body: string): MockResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
