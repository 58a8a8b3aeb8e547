import { hashText, mix } from "../service/random.ts";
import type { StackSpec } from "./spec.ts";

/** The most that MOCK_SEED takes: nine digits. */
const SEEDS = 1_000_000_000;

/**
 * MOCK_SEED of every mock that the stack gives none: a function of the trial's seed and the service's name, so that a replay
 * gets the same answers on every tier, and two mocks of one kind don't say the same.
 */
export function mockSeeds({ services }: StackSpec, trialSeed: number): ReadonlyMap<string, string> {
  return new Map(
    Object.values(services)
      .filter(({ mock, environment }) => mock !== null && (environment["MOCK_SEED"] ?? "") === "")
      .map(({ name }) => [name, String(mix(trialSeed ^ hashText(name)) % SEEDS)]),
  );
}

/** The stack with these seeds in its mocks' environment. */
export function withMockSeeds(stack: StackSpec, trialSeed: number): StackSpec {
  const seeds = mockSeeds(stack, trialSeed);
  const services = Object.fromEntries(
    Object.entries(stack.services).map(([key, service]) => {
      const seed = seeds.get(service.name);
      if (seed === undefined) return [key, service];
      return [key, { ...service, environment: { ...service.environment, MOCK_SEED: seed } }];
    }),
  );
  return { ...stack, services };
}
