import type { Host } from "../../../../harness/service/host.ts";
import type { AnswerCache } from "./answer-cache.ts";
import { askProvider } from "./provider.ts";
import type { Said } from "./provider.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { Route, Routing } from "./routing.ts";
import type { GatewaySettings } from "./settings.ts";
import type { Outcome } from "./traffic.ts";

export interface Question {
  readonly prompt: string;
  readonly maxTokens: number;
  /** The client takes an answer from the cache rather than none. */
  readonly cache: boolean;
}

export type Answer = Pick<Outcome, "retries"> &
  (
    | { readonly from: "primary" | "fallback"; readonly text: string }
    | { readonly from: "cache"; readonly text: string; readonly ageMs: number }
    | { readonly from: "refused"; readonly status: number; readonly why: string }
  );

export interface Gateway {
  readonly host: Host;
  readonly settings: GatewaySettings;
  readonly routing: Routing;
  readonly budget: RetryBudget;
  readonly cache: AnswerCache;
}

/** Before a retry without a word from the provider: 100 to 300 ms. */
const BACKOFF_MS = { least: 100, spread: 200 };
/** Left for the route after this one. */
const RESERVE_MS = 1_000;

/** One question, in this order: preferred provider with retries, the other one, the cache, a refusal that says why. */
export async function answer(gateway: Gateway, question: Question): Promise<Answer> {
  const { host, settings, routing, budget, cache } = gateway;
  const untilMs = host.clock.nowMs() + settings.deadlineMs;
  const routes = routing.open();
  const refusals: string[] = [];
  let retries = 0;
  budget.earn();

  for (const [at, route] of routes.entries()) {
    const { name } = route.provider;
    if (!routing.spend(name)) {
      refusals.push(`${name}: the allowance is spent, a person must prefer it`);
      continue;
    }
    const routeUntilMs = untilMs - (at === routes.length - 1 ? 0 : RESERVE_MS);
    const asked = await askWithRetries(gateway, route, question, routeUntilMs);
    retries += asked.retries;
    const { said } = asked;
    if (said.kind === "text") {
      cache.put(question.prompt, said.text, host.clock.nowMs());
      return { from: name, text: said.text, retries };
    }
    if (said.kind === "wrong") return { from: "refused", status: said.status, why: said.why, retries };
    refusals.push(`${name}: ${said.why}`);
  }

  const kept = question.cache ? cache.get(question.prompt, host.clock.nowMs()) : null;
  if (kept !== null) return { from: "cache", ...kept, retries };
  const why = refusals.join("; ") || "every breaker is open";
  return { from: "refused", status: 503, why, retries };
}

/** Asks until there is an answer, the breaker opens, the budget is spent or a retry no longer fits in. */
async function askWithRetries(
  { host, settings, budget }: Gateway,
  { provider, breaker }: Route,
  question: Question,
  untilMs: number,
): Promise<{ readonly said: Said; readonly retries: number }> {
  const { clock } = host;
  for (let retries = 0; ; retries++) {
    const timeoutMs = Math.max(1, Math.min(settings.attemptMs, Math.floor(untilMs - clock.nowMs())));
    const said = await askProvider(host, provider, question, timeoutMs);
    // A question that no provider would take says nothing about this one.
    if (said.kind !== "wrong") breaker.record(said.kind === "text", clock.nowMs());
    if (said.kind !== "busy" || breaker.state(clock.nowMs()) !== "closed") return { said, retries };
    const waitMs = said.waitMs ?? BACKOFF_MS.least + host.random.below(BACKOFF_MS.spread);
    if (clock.nowMs() + waitMs + settings.attemptMs > untilMs || !budget.spend()) return { said, retries };
    await clock.sleep(waitMs);
  }
}
