import controlPlane from "./control-plane.ts";
import loadBalancer from "./load-balancer.ts";
import type { LedgerRow } from "./statements.ts";
import { virtualWorld } from "../parts/virtual-world.testkit.ts";
import worker from "./worker.ts";

const DATABASE_URL = "postgres://fleet@database/fleet";
export const BALANCER = "http://load-balancer:8080";
export const CONTROLLERS = ["control-plane-1", "control-plane-2"] as const;
export const WORKERS = ["worker-1", "worker-2", "worker-3"] as const;

type Settings = Readonly<Record<string, string>>;

/** The whole stack of fixtures/stacks/fleet on virtual time, up for ten seconds. */
export async function startFleet(seed: number, settings: Settings = {}) {
  const world = virtualWorld(seed);
  const fleet = {
    ...world,
    startController: (name: string) => world.start(name, controlPlane, { DATABASE_URL, ...settings }),
    startWorker: (name: string) =>
      world.start(name, worker, {
        CONTROLLER_URL: BALANCER,
        ...(name === "worker-3" ? { GPU: "1" } : {}),
        ...settings,
      }),
    /** The one control plane that says it leads; more than one is an error. */
    async leader(): Promise<string> {
      const leading: string[] = [];
      for (const name of CONTROLLERS) {
        const answer = await world.ask("GET", `http://${name}:8082/leader`).catch(() => null);
        if ((answer?.value as { leader?: boolean } | undefined)?.leader) leading.push(name);
      }
      if (leading.length !== 1) throw new Error(`leaders: ${leading.join(", ") || "none"}`);
      return leading[0] ?? "";
    },
    async view(): Promise<Record<string, number>> {
      return (await world.ask("GET", `${BALANCER}/fleet`)).value as Record<string, number>;
    },
    /** The tasks as they stand in the database, in commit order. */
    ledger: () => (world.tables.get("tasks") ?? []) as unknown as LedgerRow[],
    post: (key: string, more: object = {}) =>
      world.ask("POST", `${BALANCER}/tasks`, { key, kind: "cpu", ...more }),
    /** Posts a task straight to one control plane and does not wait for the answer. */
    fire(to: string, key: string): void {
      const request = { method: "POST", url: `http://${to}:8082/tasks`, timeoutMs: 60_000 } as const;
      world.send({ ...request, body: JSON.stringify({ key, kind: "cpu" }) }, false).catch(() => {});
    },
  };
  for (const name of CONTROLLERS) fleet.startController(name);
  world.start("load-balancer", loadBalancer, {
    TARGETS: CONTROLLERS.map((name) => `http://${name}:8082`).join(","),
    ...settings,
  });
  for (const name of WORKERS) fleet.startWorker(name);
  await world.time.advance(10_000);
  return fleet;
}

/** Is the token in commit order never going back, and one writer's? The rule of the one-leader criterion. */
export function twoWriters(rows: readonly LedgerRow[]): string[] {
  const owner = new Map<number, string>();
  let newest = 0;
  return rows.flatMap(({ seq, writer, token }) => {
    const known = owner.get(token) ?? writer;
    owner.set(token, known);
    const wrong = token < newest || known !== writer;
    newest = Math.max(newest, token);
    return wrong ? [`${seq}: ${writer} with token ${token} after ${newest}`] : [];
  });
}
