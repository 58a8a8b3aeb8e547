import type { Errand } from "../mock.ts";
import type { RunningMock } from "../life.ts";

const EVERY_MS = 1_000;
/** Who was reset or restarted meanwhile hears it again after this time. */
const AGAIN_MS = 30_000;

/** The mounting process's way out: its own clock, not the mock's, which may be frozen or jump. */
export interface Outside {
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** True: it was answered, and with no error of the server's side. */
  send(errand: Errand): Promise<boolean>;
}

/**
 * Runs a mock's errands until the signal: a mock opens no socket, so whoever mounts it asks it every second what it has
 * to tell. What did not arrive is tried again a second later. Never throws.
 */
export async function runErrands(mock: RunningMock, outside: Outside, signal?: AbortSignal): Promise<void> {
  const sent = new Map<string, { readonly text: string; readonly atMs: number }>();
  for (;;) {
    if (signal?.aborted === true || mock.built.errands === undefined) return;
    for (const errand of mock.built.errands()) {
      const text = JSON.stringify(errand);
      const last = sent.get(errand.name);
      if (last?.text === text && outside.nowMs() - last.atMs < AGAIN_MS) continue;
      if (await outside.send(errand)) sent.set(errand.name, { text, atMs: outside.nowMs() });
    }
    await outside.sleep(EVERY_MS, signal);
  }
}
