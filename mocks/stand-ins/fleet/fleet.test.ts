import { describe, expect, it } from "vitest";
import { BALANCER, CONTROLLERS, startFleet, twoWriters, WORKERS } from "./fleet.testkit.ts";

const other = (name: string) => CONTROLLERS.find((one) => one !== name) ?? "";

describe("the fleet", () => {
  it("comes up: two control planes, three workers, one GPU", async () => {
    const fleet = await startFleet(1);
    expect(await fleet.view()).toMatchObject({ controlPlanes: 2, workers: 3, gpus: 1, tasksPending: 0 });
  });

  it("accepts a task once per key, and answers the same again", async () => {
    const fleet = await startFleet(2);
    const first = await fleet.post("k");
    const again = await fleet.post("k");
    expect(first.status).toBe(201);
    expect(again).toEqual(first);
    expect(fleet.ledger().map(({ key }) => key)).toEqual(["k"]);
  });

  it("refuses what is no task", async () => {
    const fleet = await startFleet(3);
    expect((await fleet.post("k", { kind: "tpu" })).status).toBe(400);
    expect((await fleet.post("")).status).toBe(400);
    expect((await fleet.post("k", { durationMs: -1 })).status).toBe(400);
    expect(fleet.ledger()).toEqual([]);
  });

  it("runs tasks on all workers, GPU tasks on the GPU worker only", async () => {
    const fleet = await startFleet(4);
    for (let at = 0; at < 30; at++) await fleet.post(`c${at}`, { durationMs: 4_000 });
    for (let at = 0; at < 4; at++) await fleet.post(`g${at}`, { kind: "gpu", durationMs: 4_000 });
    await fleet.time.advance(2_700);
    const gpu = await fleet.send(
      { method: "GET", url: "http://worker-3:8083/metrics", timeoutMs: 1_000 },
      true,
    );
    expect(gpu.body).toMatch(/^DCGM_FI_DEV_GPU_UTIL\{.*Hostname="worker-3"\} 100$/m);
    await fleet.time.advance(12_000);
    expect(fleet.ledger().map(({ state }) => state)).toEqual(Array(34).fill("done"));
    const workers = (kind: string) =>
      fleet
        .ledger()
        .filter(({ key }) => key.startsWith(kind))
        .map((row) => row.worker);
    expect(new Set(workers("g"))).toEqual(new Set(["worker-3"]));
    for (const name of WORKERS) {
      const share = workers("c").filter((one) => one === name).length;
      expect(share).toBeGreaterThanOrEqual(5);
    }
  });

  it("survives the leader: the standby takes over within the lease, two checks and a step", async () => {
    const fleet = await startFleet(5);
    const leader = await fleet.leader();
    await fleet.post("before");
    fleet.kill(leader);
    await fleet.time.advance(9_000);
    expect((await fleet.post("after")).status).toBe(201);
    expect(fleet.ledger().map(({ writer, token }) => [writer, token])).toEqual([
      [leader, 1],
      [other(leader), 2],
    ]);
    expect((await fleet.view())["controlPlanes"]).toBe(1);
    fleet.startController(leader);
    await fleet.time.advance(3_000);
    expect((await fleet.view())["controlPlanes"]).toBe(2);
    expect(await fleet.leader()).toBe(other(leader));
  });

  it("reschedules a lost worker's tasks as the next attempt and takes no report of the old one", async () => {
    const fleet = await startFleet(6);
    for (let at = 0; at < 9; at++) await fleet.post(`k${at}`, { durationMs: 30_000 });
    await fleet.time.advance(2_500);
    const lost = fleet.ledger().filter(({ worker }) => worker === "worker-2");
    expect(lost).toHaveLength(3);
    const ids = new Set(lost.map(({ id }) => id));
    fleet.kill("worker-2");
    await fleet.time.advance(5_000);
    expect((await fleet.view())["workers"]).toBe(3);
    await fleet.time.advance(4_000);
    expect((await fleet.view())["workers"]).toBe(2);
    const moved = fleet.ledger().filter(({ id }) => ids.has(id));
    expect(moved.map(({ attempt, worker }) => [attempt, worker === "worker-2"])).toEqual(
      Array.from({ length: 3 }, () => [2, false]),
    );

    const [stale] = moved;
    const late = await fleet.ask("POST", `${BALANCER}/tasks/${stale?.id}/done`, {
      node: "worker-2",
      attempt: 1,
    });
    expect(late.status).toBe(409);
    await fleet.time.advance(40_000);
    expect(fleet.ledger().every(({ state }) => state === "done")).toBe(true);

    fleet.startWorker("worker-2");
    await fleet.time.advance(3_000);
    expect((await fleet.view())["workers"]).toBe(3);
  });

  it("never notices a lost worker when the time-out is an hour", async () => {
    const fleet = await startFleet(7, { WORKER_TIMEOUT_MS: "3600000" });
    await fleet.post("k", { durationMs: 1_000 });
    fleet.kill("worker-1");
    fleet.kill("worker-2");
    fleet.kill("worker-3");
    await fleet.time.advance(60_000);
    const view = await fleet.view();
    expect(view["workers"]).toBe(3);
    expect(view["oldestUnfinishedMs"]).toBeGreaterThan(55_000);
  });

  it("spares its clients a hiccup of the database", async () => {
    const fleet = await startFleet(11);
    const leader = await fleet.leader();
    fleet.databaseUp(false);
    const answer = fleet.send(
      {
        method: "POST",
        url: `http://${leader}:8082/tasks`,
        timeoutMs: 10_000,
        body: '{"key":"k","kind":"cpu"}',
      },
      false,
    );
    await fleet.time.advance(2_500);
    fleet.databaseUp(true);
    await fleet.time.advance(2_000);
    expect((await answer).status).toBe(201);
  });

  it("answers 503 while its tables are gone, and goes on after they are back", async () => {
    const fleet = await startFleet(8);
    await fleet.post("kept");
    const dump = structuredClone([...fleet.tables]);
    await fleet.time.advance(1_000);
    fleet.tables.clear();
    await fleet.time.advance(20_000);
    expect((await fleet.post("lost")).status).toBe(503);
    for (const [name, rows] of dump) fleet.tables.set(name, rows);
    await fleet.time.advance(12_000);
    expect((await fleet.post("new")).status).toBe(201);
    expect(fleet.ledger().map(({ key }) => key)).toEqual(["kept", "new"]);
    expect((await fleet.view())["workers"]).toBe(3);
  });
});

/** The leader loses its database but not its clients: writes queue up, another leader writes, the network heals. */
async function splitBrain(settings: Record<string, string>) {
  const fleet = await startFleet(9, settings);
  const old = await fleet.leader();
  await fleet.post("before");
  fleet.cut(old, "database");
  for (let at = 0; at < 15; at++) {
    fleet.fire(old, `queued${at}`);
    await fleet.time.advance(200);
  }
  await fleet.time.advance(9_000);
  expect((await fleet.post("by the new leader")).status).toBe(201);
  await fleet.time.advance(5_000);
  fleet.heal(old, "database");
  await fleet.time.advance(30_000);
  return { fleet, old };
}

describe("a leader that is cut off from its database", () => {
  it("is fenced: nothing it had queued is written after the takeover", async () => {
    const { fleet, old } = await splitBrain({});
    expect(fleet.ledger().map(({ key }) => key)).toEqual(["before", "by the new leader"]);
    expect(twoWriters(fleet.ledger())).toEqual([]);
    const metrics = await fleet.send(
      { method: "GET", url: `http://${old}:8082/metrics`, timeoutMs: 1_000 },
      true,
    );
    expect(Number(/^fleet_writes_fenced_total (\d+)$/m.exec(metrics.body)?.[1])).toBeGreaterThan(0);
  });

  it("without fencing is a second writer", async () => {
    const { fleet, old } = await splitBrain({ FENCING: "off" });
    const stale = fleet.ledger().filter(({ key }) => key.startsWith("queued"));
    expect(stale.length).toBeGreaterThan(0);
    expect(new Set(stale.map(({ writer }) => writer))).toEqual(new Set([old]));
    expect(twoWriters(fleet.ledger()).length).toBeGreaterThan(0);
  });

  it("stops accepting when its own idea of the lease ends", async () => {
    const fleet = await startFleet(10);
    const old = await fleet.leader();
    fleet.cut(old, "database");
    await fleet.time.advance(5_001);
    const refused = await fleet.ask("POST", `http://${old}:8082/tasks`, { key: "late", kind: "cpu" });
    expect(refused.status).toBe(503);
  });
});
