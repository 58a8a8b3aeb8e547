import type { HttpListener, MockRequest, MockResponse } from "../../core/http.ts";
import { metricsText } from "../../core/metrics-text.ts";
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
      return page("text/plain", scrape(world, machine));
    case "GET /health":
      return page("text/plain", "OK");
    case "GET /":
      return page(
        "text/html",
        '<html><head><title>GPU Exporter</title></head><body><h1>GPU Exporter</h1><p><a href="./metrics">Metrics</a></p><p><a href="./health">Health</a></p></body></html>',
      );
  }
  world.unmodelled(`${method} ${path}`);
  return { ...page("text/plain", "404 page not found\n"), status: 404 };
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

/** With the type that Go finds out for itself: dcgm-exporter sets none (internal/pkg/server/server.go). */
function page(type: string, body: string): MockResponse {
  const headers = { "content-type": `${type}; charset=utf-8`, "x-content-type-options": "nosniff" };
  return { status: 200, headers, body };
}
