import fc from "fast-check";
import { expect, test } from "vitest";
import { echoMock } from "./echo.testkit.ts";
import { MOUNTS, play } from "./mounts.testkit.ts";
import type { Ask } from "./mounts.testkit.ts";

const asks = fc.array(
  fc.oneof(
    fc.record({
      method: fc.constant("POST" as const),
      path: fc.constant("/echo"),
      headers: fc.record({ "x-key": fc.constantFrom("a", "b"), "x-attempt": fc.constantFrom("0", "1") }),
      body: fc.string({ maxLength: 20 }),
    }),
    fc.constant<Ask>({ method: "GET", path: "/stream?words=5", headers: {} }),
    fc.constant<Ask>({ method: "GET", path: "/nowhere", headers: {} }),
  ),
  { minLength: 1, maxLength: 4 },
);

const faults = fc.constantFrom(
  {},
  { o: { kind: "overload", when: { probability: 0.5 } } },
  {
    o: { kind: "overload", scope: { key: "a" }, count: 1 },
    l: { kind: "latency", params: { mean: 50, dist: "lognormal" } },
  },
  { r: { kind: "tcp.rst", params: { phase: "headers" }, when: { afterRequests: 1 } } },
);

test("same seed and same requests: the same bytes and the same journal in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(asks, faults, async (list, standing) => {
      const [first, ...others] = Object.keys(MOUNTS);
      const wanted = await play(first ?? "", echoMock, list, standing);
      expect(wanted.told.length).toBe(list.length);
      for (const mount of others) expect(await play(mount, echoMock, list, standing), mount).toEqual(wanted);
    }),
    { numRuns: 15 },
  );
});
