import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../../harness/tier/k3d/cluster/free-port.ts";

/** A real Prometheus of a test (Debian's `prometheus`), which scrapes every half a second. */
export interface RunningPrometheus {
  /** The vector that a PromQL expression gives now. @throws with Prometheus's own words. */
  query(expression: string): Promise<{ labels: Record<string, string>; value: number }[]>;
  close(): Promise<void>;
}

/** @param targets `http://127.0.0.1:8400`; their /metrics is scraped. */
export async function startPrometheus(targets: readonly string[]): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "fd-prometheus-"));
  const config = {
    global: { scrape_interval: "500ms", scrape_timeout: "500ms" },
    scrape_configs: [
      { job_name: "mock", static_configs: [{ targets: targets.map((url) => new URL(url).host) }] },
    ],
  };
  // YAML is a superset of JSON.
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const server = execa(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ],
    { reject: false, all: true, stdin: "ignore" },
  );
  return {
    async query(expression) {
      const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const answer = (await response.json()) as {
        error?: string;
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      if (answer.data === undefined) throw new Error(answer.error);
      return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async close() {
      server.kill();
      await server;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What `promtool check metrics` says to this text. 0: well; 3: it can be read, and names break a custom (vLLM's colons do);
 * 1: it can't be read.
 */
export async function promtoolCheck(text: string): Promise<{ exitCode: number | undefined; says: string }> {
  const { exitCode, stderr } = await execa("promtool", ["check", "metrics"], { input: text, reject: false });
  return { exitCode, says: stderr };
}
