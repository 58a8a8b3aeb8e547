import { repeat } from "../../parts/repeat.ts";
import type { Gateway } from "./answer.ts";
import { askProvider } from "./provider.ts";

/** As cheap as a question can be. */
const TRIAL = { prompt: "ping", maxTokens: 1 };
const EVERY_MS = 1_000;

/** Tries half-open providers with questions of its own, so that no client pays for finding out. */
export function startTrials({ host, routing, settings }: Gateway): void {
  for (const { provider, breaker } of Object.values(routing.routes)) {
    repeat(host, `trial of ${provider.name}`, EVERY_MS, async () => {
      if (breaker.state(host.clock.nowMs()) !== "half-open") return;
      const said = await askProvider(host, provider, TRIAL, settings.attemptMs);
      breaker.record(said.kind === "text", host.clock.nowMs());
      const state = breaker.state(host.clock.nowMs());
      host.log("tried a provider", { provider: provider.name, said: said.kind, breaker: state });
    });
  }
}
