import { median } from "../median.ts";
import { runLoad, startServer } from "./child.ts";
import type { BenchServer } from "./child.ts";
import { TOKENS } from "./workload.ts";
import type { Ask } from "./workload.ts";

const CONNECTIONS = "32";
/** Long enough for the compiler to be done with both, on a machine that is busy too. */
const WARM_UP_MS = "4000";
const ROUND_MS = "2500";

interface Rate {
  readonly perSecond: number;
  /** Per second of the server's processor time: what neighbours on the machine change least. */
  readonly perCpuSecond: number;
}

/** Our LLM mock beside @copilotkit/aimock: the same answers, the same load, in turn. Two lines. */
export async function benchLlm(pairs: number): Promise<string> {
  const ours = await startServer("serve-ours.ts");
  const rival = await startServer("serve-aimock.ts");
  try {
    const lines: string[] = [];
    for (const ask of ["json", "stream"] as const) {
      for (const server of [ours, rival]) await load(server, ask, WARM_UP_MS);
      const rounds: { ours: Rate; rival: Rate }[] = [];
      for (let at = 0; at < pairs; at++)
        rounds.push({ ours: await load(ours, ask, ROUND_MS), rival: await load(rival, ask, ROUND_MS) });
      lines.push(lineOf(ask, rounds));
    }
    return lines.join("\n");
  } finally {
    await Promise.all([ours.stop(), rival.stop()]);
  }
}

async function load(server: BenchServer, ask: Ask, lengthMs: string): Promise<Rate> {
  const cpuBefore = await server.cpuSeconds();
  const args = [String(server.port), ask, CONNECTIONS, lengthMs];
  const { requests, seconds } = await runLoad<{ requests: number; seconds: number }>("load-llm.ts", args);
  const cpu = (await server.cpuSeconds()) - cpuBefore;
  return { perSecond: requests / seconds, perCpuSecond: requests / cpu };
}

function lineOf(ask: Ask, rounds: readonly { ours: Rate; rival: Rate }[]): string {
  const middle = (of: (round: { ours: Rate; rival: Rate }) => number) => median(rounds.map(of));
  const times = ask === "stream" ? TOKENS : 1;
  const shown = (perSecond: number) => Math.round(perSecond * times).toLocaleString("en");
  const unit = ask === "stream" ? "streamed tokens/s" : "JSON answers/s";
  const wall = middle(({ ours, rival }) => ours.perSecond / rival.perSecond);
  const cpu = middle(({ ours, rival }) => ours.perCpuSecond / rival.perCpuSecond);
  return (
    `llm, ${unit}: ${shown(middle(({ ours }) => ours.perSecond))}, aimock ` +
    `${shown(middle(({ rival }) => rival.perSecond))}: ${wall.toFixed(1)}x (${cpu.toFixed(1)}x per second of the ` +
    `processor; median of ${rounds.length} pairs, ${CONNECTIONS} connections, ${TOKENS} tokens an answer)`
  );
}
