import { median } from "../median.ts";
import { runLoad, startServer } from "./child.ts";
import { BULK_BYTES, PING_BYTES } from "./pipe-load.ts";
import type { PipeRound } from "./pipe-load.ts";
import { startToxiproxy } from "./toxiproxy.ts";

/** The fault pipe without a fault beside Toxiproxy without a toxic, and beside nothing at all, in turn. */
export async function benchPipe(rounds: number): Promise<string> {
  const upstream = await startServer("serve-upstream.ts");
  const ours = await startServer("serve-pipe.ts", [String(upstream.port)]);
  const rival = await startToxiproxy(upstream.port);
  const ports = { direct: upstream.port, ours: ours.port, rival: rival.port };
  const measured: Record<keyof typeof ports, PipeRound>[] = [];
  try {
    for (let at = 0; at < rounds; at++) {
      const round = async (port: number) => runLoad<PipeRound>("load-pipe.ts", [String(port)]);
      const direct = await round(ports.direct);
      measured.push({ direct, ours: await round(ports.ours), rival: await round(ports.rival) });
    }
  } finally {
    await Promise.all([upstream.stop(), ours.stop(), rival.stop()]);
  }
  const added = (who: "ours" | "rival", which: "p50" | "p99") =>
    `${median(measured.map((round) => round[who][which] - round.direct[which])).toFixed(0)} µs`;
  const speed = (who: keyof typeof ports) =>
    `${median(measured.map((round) => round[who].megabytesPerSecond)).toFixed(0)} MB/s`;
  return (
    `pipe: adds ${added("ours", "p50")} (p99 ${added("ours", "p99")}) to a message of ${PING_BYTES} bytes that comes ` +
    `back, toxiproxy ${added("rival", "p50")} (p99 ${added("rival", "p99")}); ${BULK_BYTES / 2 ** 20} MiB at ` +
    `${speed("ours")}, toxiproxy ${speed("rival")}, nothing between ${speed("direct")} (median of ${rounds} rounds)`
  );
}
