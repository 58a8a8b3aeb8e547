import { FiredrillError } from "../../../../harness/error.ts";
import { readCount, readMs, readRequired } from "../../parts/settings.ts";
import type { Env } from "../../parts/settings.ts";

export interface FollowerSettings {
  /** Nodes by name; the first is followed until a person says otherwise. */
  readonly endpoints: ReadonlyMap<string, string>;
  readonly netuid: number;
  readonly pollMs: number;
  /** A head that is older is stalled: two and a half blocks of 12 s. */
  readonly stalledMs: number;
  /** Finality further behind is stalled; it is two to four blocks on a good day. */
  readonly maxFinalityLag: number;
  readonly maxAgeMs: number;
}

/** @throws USAGE_STACK */
export function readFollowerSettings(env: Env): FollowerSettings {
  const never = env["METAGRAPH_MAX_AGE_MS"] === "never";
  return {
    endpoints: readEndpoints(readRequired(env, "ENDPOINTS", "main=http://chain-1:9944")),
    netuid: readCount(env, "NETUID", 46),
    pollMs: readMs(env, "POLL_MS", 2_000),
    stalledMs: readMs(env, "HEAD_STALLED_MS", 30_000),
    maxFinalityLag: readCount(env, "MAX_FINALITY_LAG", 10),
    maxAgeMs: never ? Infinity : readMs(env, "METAGRAPH_MAX_AGE_MS", 30_000),
  };
}

/** `main=http://a:9944,second=http://b:9944`. */
function readEndpoints(text: string): Map<string, string> {
  const pairs = text.split(",").map((pair) => /^([a-z0-9-]+)=(http:\/\/\S+)$/.exec(pair.trim()));
  if (pairs.some((pair) => pair === null))
    throw new FiredrillError("USAGE_STACK", "ENDPOINTS can't be read", {
      received: text,
      expected: "name=http://host:port, by commas",
    });
  return new Map(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
