/** What was said and what it would have cost, per model. */
export interface Ledger {
  add(model: string, inputTokens: number, outputTokens: number): void;
  state(): Record<string, { requests: number; inputTokens: number; outputTokens: number; usd: number }>;
}

/** Prices in US dollars per million tokens. */
export function createLedger(price: { readonly input: number; readonly output: number }): Ledger {
  const models = new Map<string, { requests: number; inputTokens: number; outputTokens: number }>();
  return {
    add(model, inputTokens, outputTokens) {
      const entry = models.get(model) ?? { requests: 0, inputTokens: 0, outputTokens: 0 };
      entry.requests += 1;
      entry.inputTokens += inputTokens;
      entry.outputTokens += outputTokens;
      models.set(model, entry);
    },
    state: () =>
      Object.fromEntries(
        [...models].map(([model, entry]) => {
          const microUsd = entry.inputTokens * price.input + entry.outputTokens * price.output;
          return [model, { ...entry, usd: Math.round(microUsd) / 1e6 }];
        }),
      ),
  };
}
