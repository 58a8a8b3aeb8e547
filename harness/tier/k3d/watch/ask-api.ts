import type { Clock } from "../../../time/clock.ts";
import { KubeRefusal, type KubeApi } from "../api/kube-api.ts";
import type { ApiTrust } from "./node-facts.ts";

/** A small object that every cluster has; it is read from etcd, so that a lost quorum shows too. */
const QUESTION = "/api/v1/namespaces/kube-system";
const EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 3_000;
/** One slow answer on a busy machine is no outage. */
const FAILURES_UNTIL_SILENT = 2;

export interface ApiHealth {
  trust(): ApiTrust;
  /** Of the last question, null: it was not answered. */
  latencyMs(): number | null;
  /** What was heard before `atMs` (since 1970) may be old: the only server was started again. */
  distrustBefore(atMs: number): void;
  /** Resolves after the signal was aborted. */
  readonly ended: Promise<void>;
}

export interface AskApi {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Ms since 1970, for comparison with heartbeats. */
  readonly wallMs: () => number;
  /** After every question; `back`: the first answer after an outage. */
  readonly onAnswer: (back: boolean) => void;
  readonly signal: AbortSignal;
}

/** Asks the API server once a second whether it answers, for as long as the signal lasts. */
export function askApi({ api, clock, wallMs, onAnswer, signal }: AskApi): ApiHealth {
  let failures = 0;
  let silent = false;
  let trustFromMs = 0;
  let latencyMs: number | null = null;
  const run = async () => {
    while (!signal.aborted) {
      latencyMs = await ask(api, clock, signal);
      if (signal.aborted) return;
      failures = latencyMs === null ? failures + 1 : 0;
      const back = silent && failures === 0;
      silent = failures >= FAILURES_UNTIL_SILENT || (silent && failures > 0);
      if (silent) trustFromMs = Math.max(trustFromMs, wallMs());
      onAnswer(back);
      await clock.sleep(EVERY_MS, signal);
    }
  };
  return {
    trust: () => ({ silent, trustFromMs }),
    latencyMs: () => latencyMs,
    distrustBefore: (atMs) => void (trustFromMs = Math.max(trustFromMs, atMs)),
    ended: run(),
  };
}

/** How long the answer took, in ms; null: none came, or the server says that it is ill. */
async function ask(api: KubeApi, clock: Clock, signal: AbortSignal): Promise<number | null> {
  const startedMs = clock.nowMs();
  const answered = new AbortController();
  const tooLate = clock.sleep(ANSWER_WITHIN_MS, AbortSignal.any([signal, answered.signal])).then(() => false);
  const answer = api.get(QUESTION).then(
    () => true,
    (error: unknown) => error instanceof KubeRefusal && error.status < 500,
  );
  const good = await Promise.race([answer, tooLate]);
  answered.abort();
  return good ? Math.round(clock.nowMs() - startedMs) : null;
}
