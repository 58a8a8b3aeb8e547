import type { Host } from "../../../../harness/service/host.ts";
import { createBreaker } from "./breaker.ts";
import type { Breaker } from "./breaker.ts";
import type { Provider, ProviderName } from "./provider.ts";
import type { GatewaySettings } from "./settings.ts";

/** A provider with what is known of it. */
export interface Route {
  readonly provider: Provider;
  readonly breaker: Breaker;
}

/** Where requests go: the operator's choice, the breakers, and how much the gateway may spend by itself. */
export interface Routing {
  readonly routes: Readonly<Record<ProviderName, Route>>;
  preferred(): ProviderName;
  /** The operator's word. The allowance begins anew with it. */
  prefer(name: ProviderName): void;
  /** Requests that may still go to the fallback unasked. */
  allowance(): number;
  /** The routes to try now, best first. What it returns is spent when it is used: see `spend`. */
  open(): readonly Route[];
  /** Takes the fallback's price; false when the gateway may not pay it by itself. */
  spend(name: ProviderName): boolean;
}

export function createRouting(host: Host, settings: GatewaySettings): Routing {
  const routes = {
    primary: { provider: settings.primary, breaker: createBreaker(settings.breaker) },
    fallback: { provider: settings.fallback, breaker: createBreaker(settings.breaker) },
  };
  let preferred: ProviderName = "primary";
  let allowance = settings.fallbackAllowance;

  return {
    routes,
    preferred: () => preferred,
    prefer(name) {
      preferred = name;
      allowance = settings.fallbackAllowance;
    },
    allowance: () => allowance,
    open() {
      const order =
        preferred === "primary" ? [routes.primary, routes.fallback] : [routes.fallback, routes.primary];
      return order.filter(({ breaker }) => breaker.state(host.clock.nowMs()) === "closed");
    },
    spend(name) {
      if (name === "primary" || preferred === "fallback") return true;
      if (allowance === 0) return false;
      allowance -= 1;
      return true;
    },
  };
}
