import type { Answer } from "./answer.ts";

/** What was delivered, for the bill and for clients who ask again. */
export interface Delivery {
  readonly key: string;
  readonly id: string;
  readonly from: "primary" | "fallback" | "cache";
  readonly text: string;
  readonly ageMs: number;
}

export interface Ledger {
  find(key: string): Delivery | undefined;
  /** Null when the ledger is full: then nothing may be delivered. */
  add(key: string, answer: Exclude<Answer, { from: "refused" }>): Delivery | null;
  list(): Delivery[];
}

/** An hour at five requests a second. */
const MAX_DELIVERIES = 20_000;

/** In memory: it lives as long as the gateway. */
export function createLedger(name: string): Ledger {
  const deliveries = new Map<string, Delivery>();
  return {
    find: (key) => deliveries.get(key),
    add(key, answer) {
      if (deliveries.size >= MAX_DELIVERIES) return null;
      const ageMs = answer.from === "cache" ? answer.ageMs : 0;
      const id = `${name}-${deliveries.size + 1}`;
      const delivery = { key, id, from: answer.from, text: answer.text, ageMs };
      deliveries.set(key, delivery);
      return delivery;
    },
    list: () => [...deliveries.values()],
  };
}
