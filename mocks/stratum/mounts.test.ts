import fc from "fast-check";
import { expect, test } from "vitest";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import type { MockDefinition } from "../core/mock.ts";
import { EASY, lineClient, REACH } from "./clients.testkit.ts";
import { stratumMock } from "./stratum.ts";

const call = (method: string, ...params: unknown[]) => JSON.stringify({ id: 1, method, params });
const TIME = "6955b900";
const lines = fc.array(
  fc.constantFrom(
    call("mining.subscribe", "a/1"),
    call("mining.authorize", "alice.1", "x"),
    call("mining.configure", ["version-rolling", "info"], {}),
    call("mining.suggest_difficulty", 0.5),
    call("mining.submit", "alice.1", "0000000000000001", "00".repeat(8), TIME, "00000000"),
    call("mining.submit", "alice.1", "0000000000000001", "11".repeat(8), TIME, "00000001"),
    call("mining.submit", "bob", "f", "00", "x", "y"),
    call("mining.extranonce.subscribe"),
    call("mining.nothing"),
    "{",
  ),
  { minLength: 1, maxLength: 12 },
);
const faults = fc.constantFrom<Record<string, object>>(
  {},
  { s: { kind: "vardiff.spike" }, e: { kind: "duplicateShareEcho", when: { probability: 0.5 } } },
  { r: { kind: "rejectAll", when: { probability: 0.5 } }, c: { kind: "extranonce.collision" } },
  { d: { kind: "set_difficulty.afterJob", when: { afterRequests: 1 } } },
);

/** One connection's bytes and the journal. Every line waits for the answer to the one before it. */
async function speak(mount: keyof typeof REACH, list: readonly string[], standing: Record<string, object>) {
  // Every second hash is a share.
  const reached = await REACH[mount]({
    settings: { startDiff: "4.6e-10", minDiff: "1e-10", bits: "207fffff" },
  });
  for (const [id, input] of Object.entries(standing)) reached.mock.faults.put(id, input);
  const client = lineClient(reached.port);
  try {
    for (const line of list) {
      client.send(line, { id: "ping", method: "mining.ping" });
      const pong = client
        .next(({ id }) => id === "ping")
        .then(
          () => true,
          () => false,
        );
      if (!(await Promise.race([pong, client.closed.then(() => false)]))) break;
    }
    client.close();
    while ((reached.mock.built.state() as { clients: number }).clients > 0)
      await new Promise((resolve) => setImmediate(resolve));
    return { heard: client.heard.slice(), journal: reached.mock.journal.text() };
  } finally {
    client.close();
    await reached.close();
  }
}

test("same seed and same lines: the same bytes and the same journal over a port and in process", async () => {
  await fc.assert(
    fc.asyncProperty(lines, faults, async (list, standing) => {
      const wanted = await speak("standalone", list, standing);
      expect(await speak("socket interceptor", list, standing)).toEqual(wanted);
      expect(wanted.heard.length).toBeGreaterThan(0);
    }),
    { numRuns: 20 },
  );
});

/** The kit asks the first listener. */
const definition: MockDefinition = {
  ...stratumMock,
  build(world) {
    const built = stratumMock.build(world);
    return { ...built, listeners: built.listeners.toReversed() };
  },
};

const asks = fc.array(
  fc
    .constantFrom("/metrics", "/pool/pool.status", "/users/x", "/workers/x.1", "/")
    .map((path): Ask => ({ method: "GET", path, headers: {} })),
  { minLength: 1, maxLength: 4 },
);

test("the status page is the same in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(asks, async (list) => {
      const [first = "", ...others] = Object.keys(MOUNTS);
      const wanted = await play(first, definition, list, {}, EASY);
      for (const mount of others)
        expect(await play(mount, definition, list, {}, EASY), mount).toEqual(wanted);
    }),
    { numRuns: 5 },
  );
});
