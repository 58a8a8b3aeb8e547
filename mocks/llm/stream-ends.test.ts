import { afterEach, describe, expect, test } from "vitest";
import { clientsOf, REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { hearChat, hearMessage } from "./fault-case.testkit.ts";

/** How a stream ends for both SDKs: with no error, or with one that says this. */
interface End {
  readonly fault: { readonly kind: string; readonly params: object };
  readonly openai: RegExp | null;
  readonly anthropic: RegExp | null;
}

const afterTokens = 2;
const ENDS: Readonly<Record<string, End>> = {
  "a clean end in the middle": {
    fault: { kind: "stream.cut", params: { afterTokens, mode: "cleanEof" } },
    openai: null,
    anthropic: null,
  },
  "half a JSON": {
    fault: { kind: "sse.malformed", params: { afterTokens, kind: "truncatedJson" } },
    openai: /^SyntaxError: .*malformed server-sent event JSON/,
    anthropic: /JSON/,
  },
  "an error inside": {
    fault: { kind: "overload.inband", params: { afterTokens } },
    openai: /^APIError: /,
    anthropic: /^APIError: .*overloaded_error/,
  },
  "a reset in the middle": {
    fault: { kind: "stream.cut", params: { afterTokens, mode: "rst" } },
    openai: /terminated .*ECONNRESET/,
    anthropic: /terminated/,
  },
};

/** msw shows no bytes: a reset inside a body is a clean end there, as fidelity.json declares. */
const UNDER_MSW: Partial<Record<string, RegExp | null>> = { "a reset in the middle": null };

let reached: Reached | null = null;
afterEach(async () => {
  await reached?.close();
});

describe.each(["standalone", "socket interceptor", "msw"] as const)("how streams end, %s", (mount) => {
  test.each(Object.entries(ENDS))(
    "%s: part of the text, one attempt, and then",
    async (name, { fault, ...ends }) => {
      reached = await REACH[mount]();
      reached.mock.faults.put("f", fault);
      const clients = clientsOf(reached);
      for (const [sdk, hear] of [
        ["openai", hearChat],
        ["anthropic", hearMessage],
      ] as const) {
        const { text, finish, failure } = await hear(clients);
        const wanted = mount === "msw" && name in UNDER_MSW ? (UNDER_MSW[name] ?? null) : ends[sdk];
        expect(text.length, sdk).toBeGreaterThan(0);
        expect([finish, failure], sdk).toEqual([
          null,
          wanted === null ? null : expect.stringMatching(wanted),
        ]);
      }
      // Neither SDK tries again once a stream has begun.
      expect(reached.mock.requests()).toBe(2);
    },
  );
});
