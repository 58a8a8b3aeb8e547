import { setTimeout as sleep } from "node:timers/promises";

const LIMIT_MS = 180_000;
/** As often as the probe `redundancy` of the scenario. */
const ASK_EVERY_MS = 1_000;

/** Waits, as a bare script would, until the condition has held for so long. @throws after three minutes in vain */
export async function until(condition: () => Promise<boolean>, holdMs: number): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  let sinceMs: number | null = null;
  while (performance.now() < endMs) {
    const now = performance.now();
    sinceMs = (await condition()) ? (sinceMs ?? now) : null;
    if (sinceMs !== null && now - sinceMs >= holdMs) return;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error(`the bare script waited ${LIMIT_MS} ms in vain`);
}

/** Live control planes as the fleet counts them; 0 when nobody answers. */
export async function controlPlanes(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return ((await response.json()) as { controlPlanes?: number }).controlPlanes ?? 0;
  } catch {
    return 0;
  }
}
