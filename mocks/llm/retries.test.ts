import { AsyncLocalStorage } from "node:async_hooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { clientsOf, REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";

/** What one row of the table expects of both SDKs with their default of two retries. */
interface Row {
  readonly name: string;
  readonly fault: { readonly kind: string; readonly params?: object };
  readonly attempts: number;
  /** The class of the error that the caller sees. */
  readonly openai: string;
  readonly anthropic: string;
  /** How long it means to wait before each further attempt, in ms: at least and at most; absent: not judged. */
  readonly waitsMs?: readonly (readonly [number, number])[];
  /** Client time limit per attempt. */
  readonly timeout?: number;
}

const error = (name: string, more: object = {}) => ({ kind: "error", params: { name, ...more } });
/** The SDKs' own first backoff is 0.5 s less up to a quarter, the second twice that. */
const BACKOFF = [
  [375, 500],
  [750, 1_000],
] as const;
/** Above it a timer is no backoff but a time limit: the SDKs' own longest wait is 8 s. */
const LONGEST_BACKOFF_MS = 8_000;

const ROWS: readonly Row[] = [
  {
    name: "400",
    fault: error("bad_request"),
    attempts: 1,
    openai: "BadRequestError",
    anthropic: "BadRequestError",
  },
  {
    name: "401",
    fault: error("auth"),
    attempts: 1,
    openai: "AuthenticationError",
    anthropic: "AuthenticationError",
  },
  {
    name: "403",
    fault: error("permission"),
    attempts: 1,
    openai: "PermissionDeniedError",
    anthropic: "PermissionDeniedError",
  },
  {
    name: "404",
    fault: error("not_found"),
    attempts: 1,
    openai: "NotFoundError",
    anthropic: "NotFoundError",
  },
  {
    name: "413",
    fault: error("too_large"),
    attempts: 1,
    openai: "APIError",
    anthropic: "ContentTooLargeError",
  },
  {
    name: "408",
    fault: error("request_timeout"),
    attempts: 3,
    openai: "APIError",
    anthropic: "RequestTimeoutError",
    waitsMs: BACKOFF,
  },
  {
    name: "409",
    fault: error("conflict"),
    attempts: 3,
    openai: "ConflictError",
    anthropic: "ConflictError",
    waitsMs: BACKOFF,
  },
  {
    name: "429, wait said",
    fault: error("rate_requests", { retryAfterMs: 300 }),
    attempts: 3,
    openai: "RateLimitError",
    anthropic: "RateLimitError",
  },
  {
    name: "429, nothing said",
    fault: error("rate_requests"),
    attempts: 3,
    openai: "RateLimitError",
    anthropic: "RateLimitError",
    waitsMs: BACKOFF,
  },
  {
    name: "429, the money is spent",
    fault: { kind: "quota.exhausted" },
    attempts: 3,
    openai: "RateLimitError",
    anthropic: "EnforcedSpendLimitReachedError",
  },
  {
    name: "429, x-should-retry: false",
    fault: error("rate_requests", { shouldRetry: false }),
    attempts: 1,
    openai: "RateLimitError",
    anthropic: "RateLimitError",
  },
  {
    name: "400, x-should-retry: true",
    fault: error("bad_request", { shouldRetry: true }),
    attempts: 3,
    openai: "BadRequestError",
    anthropic: "BadRequestError",
  },
  {
    name: "500",
    fault: error("server"),
    attempts: 3,
    openai: "InternalServerError",
    anthropic: "InternalServerError",
    waitsMs: BACKOFF,
  },
  {
    name: "502 with a page",
    fault: { kind: "html502" },
    attempts: 3,
    openai: "InternalServerError",
    anthropic: "InternalServerError",
  },
  {
    name: "503",
    fault: error("unavailable"),
    attempts: 3,
    openai: "InternalServerError",
    anthropic: "ServiceUnavailableError",
  },
  {
    name: "504",
    fault: error("timeout"),
    attempts: 3,
    openai: "InternalServerError",
    anthropic: "GatewayTimeoutError",
  },
  {
    name: "overloaded",
    fault: { kind: "overload.http" },
    attempts: 3,
    openai: "InternalServerError",
    anthropic: "OverloadedError",
  },
  {
    name: "reset before the headers",
    fault: { kind: "tcp.rst", params: { phase: "headers" } },
    attempts: 3,
    openai: "APIConnectionError",
    anthropic: "APIConnectionError",
  },
  {
    name: "headers never come",
    fault: { kind: "tcp.blackhole" },
    attempts: 3,
    openai: "APIConnectionTimeoutError",
    anthropic: "APIConnectionTimeoutError",
    timeout: 400,
  },
];

const SDKS = ["openai", "anthropic"] as const;

/** What the SDKs ask timers for, by call: what they mean to wait does not depend on how busy the machine is. */
const asked = new AsyncLocalStorage<number[]>();
beforeAll(() => {
  const { setTimeout: original } = globalThis;
  vi.stubGlobal(
    "setTimeout",
    Object.assign((run: () => void, ms = 0, ...rest: []) => {
      const bySdk = /node_modules\/(openai|@anthropic-ai)\//.test(new Error().stack ?? "");
      if (bySdk && ms <= LONGEST_BACKOFF_MS) asked.getStore()?.push(ms);
      return original(run, ms, ...rest);
    }, original),
  );
});
afterAll(() => void vi.unstubAllGlobals());

/** One row with one SDK: the error's class, how often it asked, how long it meant to wait in between. */
async function play(reached: Reached, sdk: (typeof SDKS)[number], { name, fault, timeout }: Row) {
  const apiKey = `sk-${sdk}-${name}`.replaceAll(/[^a-z0-9]+/gi, "-");
  reached.mock.faults.put(apiKey, { ...fault, scope: { key: apiKey } });
  const clients = clientsOf(reached, { apiKey, ...(timeout === undefined ? {} : { timeout }) });
  const waitsMs: number[] = [];
  const caught: unknown = await asked.run(waitsMs, () =>
    ask(clients, sdk).then(
      () => null,
      (failure: unknown) => failure,
    ),
  );
  const attempts = reached.mock.faults.list().find(({ id }) => id === apiKey)?.hits ?? 0;
  return { error: (caught as Error | null)?.constructor.name, attempts, waitsMs };
}

describe.each(["standalone", "msw"] as const)("SDK retries, %s", (mount) => {
  let reached: Reached;
  const played = new Map<string, Awaited<ReturnType<typeof play>>>();
  const cases = SDKS.flatMap((sdk) => ROWS.map((row) => ({ row, sdk, title: `${sdk}: ${row.name}` })));

  // All rows at once, each with a key of its own that its fault is scoped to: most of their time is waiting.
  beforeAll(async () => {
    reached = await REACH[mount]();
    await Promise.all(
      cases.map(async ({ row, sdk, title }) => played.set(title, await play(reached, sdk, row))),
    );
  });
  afterAll(() => reached.close());

  test.each(cases)("$title", ({ row, sdk, title }) => {
    const { error: seen, attempts, waitsMs = [] } = played.get(title) ?? {};
    expect({ seen, attempts }).toEqual({ seen: row[sdk], attempts: row.attempts });
    if (row.waitsMs === undefined) return;
    expect(waitsMs).toHaveLength(row.waitsMs.length);
    for (const [at, [least, most]] of row.waitsMs.entries()) {
      expect(waitsMs[at]).toBeGreaterThanOrEqual(least);
      expect(waitsMs[at]).toBeLessThanOrEqual(most);
    }
  });

  test("OpenAI's milliseconds win over its seconds; Anthropic has only seconds", async () => {
    const waits = await Promise.all(
      SDKS.map(async (sdk) => {
        const apiKey = `sk-wait-${sdk}`;
        reached.mock.faults.put(apiKey, {
          ...error("rate_requests", { retryAfterMs: 200 }),
          count: 1,
          scope: { key: apiKey },
        });
        const waitsMs: number[] = [];
        await asked.run(waitsMs, () => ask(clientsOf(reached, { apiKey }), sdk));
        return waitsMs;
      }),
    );
    expect(waits).toEqual([[200], [1_000]]);
  });
});

test("the journal shows which attempt a request was", async () => {
  const reached = await REACH.standalone();
  reached.mock.faults.put("once", { ...error("server", { retryAfterMs: 1 }), count: 1 });
  await ask(clientsOf(reached), "openai");
  const retries = reached.mock.journal
    .entries()
    .filter(({ kind }) => kind === "request")
    .map(({ fields }) => (fields["headers"] as Record<string, string>)["x-stainless-retry-count"]);
  expect(retries).toEqual(["0", "1"]);
  await reached.close();
});

function ask(clients: ReturnType<typeof clientsOf>, sdk: (typeof SDKS)[number]): Promise<unknown> {
  const messages = [{ role: "user" as const, content: "Why?" }];
  return sdk === "openai"
    ? clients.openai.chat.completions.create({ model: "gpt-4o", messages })
    : clients.anthropic.messages.create({ model: "claude-sonnet-5-5", max_tokens: 100, messages });
}
