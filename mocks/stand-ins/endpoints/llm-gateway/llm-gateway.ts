import type { Host } from "../../../../harness/service/host.ts";
import { router } from "../../parts/router.ts";
import { createAnswerCache } from "./answer-cache.ts";
import { gatewayRoutes } from "./gateway-routes.ts";
import { createLedger } from "./ledger.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { createRouting } from "./routing.ts";
import { readGatewaySettings } from "./settings.ts";
import { createTraffic } from "./traffic.ts";
import { startTrials } from "./trials.ts";

const PORT = 8090;

/** A gateway before two LLM providers: deadline, retry budget, breakers, a fallback with an allowance, a cache. */
export default async function llmGateway(host: Host): Promise<void> {
  const settings = readGatewaySettings(host.env);
  const gateway = {
    host,
    settings,
    routing: createRouting(host, settings),
    budget: createRetryBudget(settings.retries.perRequest, settings.retries.burst),
    cache: createAnswerCache(settings.cacheMaxAgeMs),
  };
  startTrials(gateway);
  const routes = gatewayRoutes(gateway, createLedger(host.name), createTraffic(settings.windowMs));
  await host.serve(PORT, router(routes));
}
