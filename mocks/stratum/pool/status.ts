import type { HttpListener, MockResponse } from "../../core/http.ts";
import { METRICS_TYPE, metricsText } from "../../core/metrics-text.ts";
import type { MetricFamily } from "../../core/metrics-text.ts";
import type { Pool } from "./pool.ts";
import type { Tally } from "./stats.ts";

/** Users and workers whose last share is older than this are idle, in seconds. */
const IDLE_SEC = 600;

/** What ckpool writes to its log folder, and Prometheus metrics beside it. */
export function statusListener(pool: Pool): HttpListener {
  return {
    kind: "http",
    name: "status",
    port: 9_100,
    hosts: ["pool.test", "localhost:9100"],
    journalHeaders: [],
    labels: () => ({ listener: "status" }),
    answer({ method, path }): MockResponse {
      const text = method === "GET" || method === "HEAD" ? page(pool, path) : null;
      const headers = { "content-type": path === "/metrics" ? METRICS_TYPE : "text/plain" };
      if (text !== null) return { status: 200, headers, body: method === "HEAD" ? "" : text };
      pool.world.unmodelled(`${method} ${path.slice(0, 80)}`);
      return { status: 404, headers, body: "404 Not Found\n" };
    },
  };
}

function page(pool: Pool, path: string): string | null {
  if (path === "/metrics") return metricsText(poolMetrics(pool));
  if (path === "/pool/pool.status") return poolStatus(pool);
  const [, kind, name = ""] = /^\/(users|workers)\/([^/]+)$/.exec(path) ?? [];
  const wanted = decoded(name);
  if (kind === "users") return userStatus(pool, wanted);
  const worker = kind === "workers" ? pool.stats.workers.get(wanted) : undefined;
  return worker === undefined ? null : `${JSON.stringify(tallyOf(pool, worker.tally), null, 1)}\n`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Three objects, a line each. */
function poolStatus({ stats, members, world, jobs }: Pool): string {
  const nowMs = world.clock.nowMs();
  const wallSec = Math.floor(world.clock.wallMs() / 1_000);
  const idle = [...stats.workers.values()].filter(
    ({ connections, tally }) => connections > 0 && tally.lastShareSec < wallSec - IDLE_SEC,
  );
  const summary = {
    runtime: Math.floor(nowMs / 1_000),
    lastupdate: wallSec,
    Users: stats.users,
    Workers: members.size,
    Idle: idle.length,
    Disconnected: [...stats.workers.values()].filter(({ connections }) => connections === 0).length,
  };
  const perSec = (window: "1m" | "5m" | "1hr") => Number(stats.pool.rate(window, nowMs).toPrecision(3));
  const shares = {
    diff: Number(((100 * stats.pool.work) / jobs.current.networkDifficulty).toPrecision(3)),
    accepted: Math.round(stats.pool.work),
    rejected: Math.round(stats.rejectedWork),
    bestshare: stats.pool.best,
    SPS1m: perSec("1m"),
    SPS5m: perSec("5m"),
    SPS1h: perSec("1hr"),
  };
  return [summary, stats.pool.hashrates(nowMs), shares].map((it) => `${JSON.stringify(it)}\n`).join("");
}

function userStatus(pool: Pool, name: string): string | null {
  const tally = pool.stats.user(name);
  if (tally === undefined) return null;
  const mine = [...pool.stats.workers.values()].filter(({ user }) => user === name);
  const value = {
    ...tallyOf(pool, tally),
    workers: mine.reduce((sum, { connections }) => sum + connections, 0),
    authorised: mine[0]?.authorisedSec ?? 0,
    worker: mine.map((worker) => ({ workername: worker.name, ...tallyOf(pool, worker.tally) })),
  };
  return `${JSON.stringify(value, null, 1)}\n`;
}

function tallyOf({ world }: Pool, tally: Tally) {
  return {
    ...tally.hashrates(world.clock.nowMs()),
    lastshare: tally.lastShareSec,
    shares: Math.round(tally.work),
    bestshare: tally.best,
  };
}

/** The names of TheBitcoinGame's ckpool. */
export function poolMetrics(pool: Pool): readonly MetricFamily[] {
  const { stats, members, node, world } = pool;
  const refused = (reason: string) => stats.rejected.get(reason) ?? 0;
  const all = [...stats.rejected.values()].reduce((sum, count) => sum + count, 0);
  const family = (type: "counter" | "gauge", name: string, help: string, value: number): MetricFamily => ({
    name: `ckpool_${name}`,
    help,
    type,
    samples: [{ value }],
  });
  return [
    family("counter", "shares_valid_total", "Shares that were taken.", stats.pool.shares),
    family(
      "counter",
      "shares_invalid_total",
      "Shares that were refused, stale ones apart.",
      all - refused("Stale"),
    ),
    family("counter", "shares_stale_total", "Shares that came too late.", refused("Stale")),
    family("counter", "blocks_found_total", "Blocks of the pool that the node took.", pool.foundTotal()),
    family("gauge", "connected_miners", "Connections.", members.size),
    family("gauge", "bitcoin_height", "Height of the tip.", node.chain.tip.height),
    family("gauge", "bitcoin_connected", "The node answers.", 1),
    family(
      "gauge",
      "asicboost_miners_total",
      "Connections that roll versions.",
      [...members].filter(({ rollsVersions }) => rollsVersions).length,
    ),
    family(
      "counter",
      "total_diff_accepted_total",
      "Difficulty of the shares that were taken.",
      stats.pool.work,
    ),
    family("gauge", "uptime_seconds", "Since the start.", Math.floor(world.clock.nowMs() / 1_000)),
  ];
}
