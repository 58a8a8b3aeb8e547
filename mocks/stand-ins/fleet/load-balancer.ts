import type { Host } from "../../../harness/service/host.ts";
import { json } from "../../../harness/service/http.ts";
import type { HttpHandler } from "../../../harness/service/http.ts";
import { metricsText, single } from "../parts/metrics-text.ts";
import { createForwarder } from "./forward.ts";
import { repeat } from "../parts/repeat.ts";
import { router } from "../parts/router.ts";
import { readMs, readRequired } from "../parts/settings.ts";
import { checked, newTarget } from "./targets.ts";
import type { Target } from "./targets.ts";

/** The system's public port, see mocks/README.md. */
const PORT = 8080;

/**
 * The balancer in front of the control planes. Asks each for /healthz on a schedule and forwards everything to
 * those that proved healthy; only the leader does. Its own pages are /health, /metrics and /lb/targets.
 */
export default async function loadBalancer(host: Host): Promise<void> {
  const urls = readRequired(host.env, "TARGETS", "http://control-plane-1:8082,http://control-plane-2:8082");
  const everyMs = readMs(host.env, "CHECK_INTERVAL_MS", 1_000);
  const targets = new Map(urls.split(",").map((url) => [url.trim(), newTarget(url.trim())]));
  const healthy = () => [...targets.values()].filter((target) => target.healthy).map((target) => target.url);
  const forwarder = createForwarder(host, healthy);

  for (const url of targets.keys()) {
    repeat(host, `check of ${url}`, everyMs, async () => {
      const good = await check(host, url, everyMs);
      const before = targets.get(url) ?? newTarget(url);
      const after: Target = checked(before, good);
      targets.set(url, after);
      if (after.healthy !== before.healthy) host.log(after.healthy ? "target in" : "target out", { url });
    });
  }

  const own = router({
    "GET /health": () => json(200, { service: "load-balancer", name: host.name, healthy: healthy() }),
    "GET /lb/targets": () => json(200, [...targets.values()]),
    "GET /metrics": () =>
      metricsText([
        {
          name: "lb_target_healthy",
          help: "1 while requests are forwarded to the target.",
          type: "gauge",
          samples: [...targets.values()].map(({ url, healthy: up }) => ({
            labels: { target: url },
            value: up ? 1 : 0,
          })),
        },
        single("counter", "lb_requests_total", "Requests to be forwarded.", forwarder.count().requests),
        single(
          "counter",
          "lb_requests_refused_total",
          "Requests without a target.",
          forwarder.count().refused,
        ),
      ]),
  });
  const handler: HttpHandler = (request) =>
    OWN_PATHS.has(request.path) ? own(request) : forwarder.forward(request);
  await host.serve(PORT, handler);
}

const OWN_PATHS: ReadonlySet<string> = new Set(["/health", "/metrics", "/lb/targets"]);

/** Good is an answer with 200 before the next check is due. */
async function check(host: Host, url: string, timeoutMs: number): Promise<boolean> {
  return host.request({ method: "GET", url: `${url}/healthz`, timeoutMs }).then(
    (response) => response.status === 200,
    () => false,
  );
}
