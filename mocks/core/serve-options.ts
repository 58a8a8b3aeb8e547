import { FiredrillError } from "../../harness/error.ts";
import type { ClockMode } from "./clock.ts";
import type { Listener } from "./mock.ts";

/** `real`, `frozen`, `jump`, or a factor such as `10x`. @throws USAGE_FLAG */
export function parseClock(text: string): ClockMode {
  if (text === "real") return { kind: "run", scale: 1 };
  if (text === "frozen" || text === "jump") return { kind: text };
  const factor = /^(\d+(?:\.\d+)?)x$/.exec(text)?.[1];
  if (factor !== undefined && Number(factor) > 0) return { kind: "run", scale: Number(factor) };
  throw new FiredrillError("USAGE_FLAG", "--clock can't be read", {
    received: text,
    expected: "real, frozen, jump, or a factor such as 10x",
  });
}

/** `now`, at each restart anew, or an ISO date, as ms since 1970. @throws USAGE_FLAG */
export function parseEpochMs(text: string, nowMs: () => number): number | (() => number) {
  if (text === "now") return nowMs;
  const epochMs = Date.parse(text);
  if (Number.isFinite(epochMs)) return epochMs;
  throw new FiredrillError("USAGE_FLAG", "--epoch is no date", {
    received: text,
    expected: "now, or an ISO date such as 2026-01-01T00:00:00Z",
  });
}

/** `--port 8400` is the first listener's, `--port p2p=8401` that of the one so named. @throws USAGE_FLAG */
export function parsePorts(texts: readonly string[], listeners: readonly Listener[]): Record<string, number> {
  const names = listeners.map(({ name }) => name);
  return Object.fromEntries(
    texts.map((text) => {
      const [name, port] = text.includes("=")
        ? (text.split("=") as [string, string])
        : [names[0] ?? "", text];
      if (!names.includes(name))
        throw new FiredrillError("USAGE_FLAG", "--port names no listener", {
          received: text,
          expected: names.join(", "),
        });
      return [name, parsePort(port)] as const;
    }),
  );
}

/** 0: any free port. @throws USAGE_FLAG */
export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new FiredrillError("USAGE_FLAG", "this is no port", { received: text, expected: "0 to 65535" });
}
