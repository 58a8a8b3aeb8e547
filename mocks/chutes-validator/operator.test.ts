import { afterAll, beforeAll, expect, test } from "vitest";
import { MINER, minerOf, REACH, serverArgs } from "./client.testkit.ts";
import type { Miner, Reached } from "./client.testkit.ts";

process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

let reached: Reached;
let miner: Miner;
const act = (input: object) => reached.mock.built.act?.(input) as Record<string, string>;
const chute = (at: number) =>
  (reached.mock.built.state() as { chutes: { id: string; gpuCount: number }[] }).chutes[at] as {
    id: string;
    gpuCount: number;
  };
beforeAll(async () => {
  reached = await REACH.standalone({ settings: { others: "0" } });
  miner = minerOf(reached);
  await miner.post("/servers/", await serverArgs(miner));
});
afterAll(() => reached.close());

const start = async (at: number, port: number, nodes: readonly string[]) => {
  const announced = { node_ids: nodes, host: "203.0.113.7", port };
  const { status, body } = await miner.post(`/instances/${chute(at).id}/`, announced);
  return { status, ...(body as { instance_id: string; detail: string }) };
};

test("what nobody can do is refused with what one can", () => {
  expect(() => act({ do: "explode" })).toThrow(/nobody can do that/);
  expect(() => act({ do: "chute.delete", chute: "none" })).toThrow(/none of this id/);
});

test("maintenance: a window, a server that may enter it once, and what ran there is gone", async () => {
  const nodes = [...(await miner.list("/miner/nodes/", "uuid")).items.keys()];
  const { instance_id: instance } = await start(0, 31_000, nodes.slice(0, 1));
  await miner.ask("PATCH", `/instances/${chute(0).id}/${instance}`, { payload: { active: true } });
  act({ do: "maintenance.open", target: "1.4.0", seconds: 60 });
  const tee = (method: string, path: string) => miner.ask(method, path, { purpose: "tee" });
  expect((await tee("GET", "/servers/maintenance/policy")).body).toMatchObject({
    active_window: { target_measurement_version: "1.4.0", max_concurrent_per_miner: 1 },
    servers: [{ server_id: "node-uid-1", needs_upgrade: true, in_maintenance: false }],
  });
  // The only active instance of its chute must not go.
  expect(await tee("PUT", "/servers/node-uid-1/maintenance")).toMatchObject({
    status: 409,
    body: { detail: { denial_reasons: [{ reason: "sole_survivor" }] } },
  });
  await miner.ask("DELETE", `/instances/${chute(0).id}/${instance}`, { purpose: "instances" });
  const idle = await start(0, 31_001, nodes.slice(1, 2));
  expect(idle.status).toBe(202);
  const other = await start(0, 31_002, nodes.slice(2, 3));
  for (const { instance_id: id } of [idle, other])
    await miner.ask("PATCH", `/instances/${chute(0).id}/${id}`, { payload: { active: true } });
  expect(await tee("PUT", "/servers/chutes-miner-gpu-0/maintenance")).toMatchObject({
    status: 200,
    body: { server_id: "node-uid-1", purged_instance_ids: [idle.instance_id, other.instance_id] },
  });
  const denied = (await tee("GET", "/servers/node-uid-1/maintenance/preflight")).body as {
    denial_reasons: { reason: string }[];
  };
  expect(denied.denial_reasons.map(({ reason }) => reason)).toEqual([
    "maintenance_pending",
    "concurrency_cap",
  ]);
  expect((await tee("GET", "/servers/node-uid-1")).body).toMatchObject({ target_version: "1.4.0" });
});

test("near its capacity a chute does not go to who has all of it; a rolling update gives quotas", async () => {
  const nodes = [...(await miner.list("/miner/nodes/", "uuid")).items.keys()];
  const launch = () => miner.get(`/instances/launch_config?chute_id=${chute(2).id}`, "launch");
  act({ do: "chute.target", chute: chute(2).id, target: 3 });
  const { instance_id: instance } = await start(2, 31_010, nodes.slice(4, 5));
  await miner.ask("PATCH", `/instances/${chute(2).id}/${instance}`, { payload: { active: true } });
  expect(await launch()).toMatchObject({
    status: 423,
    body: { detail: expect.stringContaining("near capacity with only 2 slots") },
  });
  act({ do: "chute.update", chute: chute(2).id });
  expect((await launch()).status).toBe(200);
  expect(await launch()).toMatchObject({
    status: 423,
    body: { detail: expect.stringContaining("you have no quota") },
  });
});

test("a blacklisted hotkey, a deregistered one, and a deleted server", async () => {
  const { address } = MINER;
  act({ do: "hotkey.blacklist", hotkey: address, reason: "spoofed GPUs" });
  expect(await miner.get(`/instances/launch_config?chute_id=${chute(1).id}`, "launch")).toEqual({
    status: 403,
    body: { detail: "Your hotkey has been blacklisted: spoofed GPUs" },
  });
  act({ do: "hotkey.deregister", hotkey: address });
  expect((await miner.get("/miner/servers/")).status).toBe(401);
  act({ do: "hotkey.register", hotkey: address });
  const deleted = await miner.ask("DELETE", "/servers/node-uid-1", { purpose: "tee" });
  expect(deleted).toMatchObject({ status: 200, body: { name: "chutes-miner-gpu-0" } });
  expect((await miner.list("/miner/instances/?explicit_null=True", "instance_id")).explicitNull).toBe(true);
  expect((await miner.ask("DELETE", "/servers/node-uid-1", { purpose: "tee" })).status).toBe(404);
});

test("a model is fetched, may be given up, is there after a minute, and is cleaned away", async () => {
  const worker = await REACH.standalone({ mode: { kind: "frozen" } });
  const by = minerOf(worker);
  const [first] = (worker.mock.built.state() as { chutes: { id: string }[] }).chutes;
  const id = first?.id ?? "";
  const ask = (
    method: string,
    path: string,
    over: { purpose: string } | { payload: object } = { purpose: "cache" },
  ) => by.ask(method, path, over, { on: "manager" });
  const fetching = { payload: { chute_id: id } };
  expect((await ask("POST", "/cache/download", { payload: { chute_id: "short" } })).status).toBe(400);
  expect((await ask("POST", "/cache/download", fetching)).body).toMatchObject({ status: "started" });
  expect((await ask("DELETE", `/cache/${id}`)).status).toBe(409);
  expect((await ask("POST", `/cache/${id}/cancel`)).status).toBe(200);
  expect((await ask("POST", `/cache/${id}/cancel`)).status).toBe(404);
  await ask("POST", "/cache/download", fetching);
  await worker.mock.clock.advance(61_000);
  expect((await ask("GET", "/cache/overview")).body).toMatchObject({
    chutes: [{ chute_id: id, status: "present" }],
  });
  expect((await ask("POST", "/cache/download", fetching)).body).toMatchObject({ status: "present" });
  expect((await ask("POST", "/cache/cleanup", { payload: { max_size_gb: 1 } })).body).toMatchObject({
    removed_chutes: [id],
  });
  expect((await ask("DELETE", `/cache/${id}`)).body).toMatchObject({ message: "not found" });
  await worker.close();
});
