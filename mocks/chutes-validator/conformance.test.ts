import { createCipheriv, createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decrypt } from "./graval/cipher.ts";
import { hotkey, listen, MINER, minerOf, REACH, serverArgs } from "./client.testkit.ts";
import type { Miner, Reached } from "./client.testkit.ts";

// In process, the interceptor hands https over in the clear; on real sockets the certificate is signed by itself.
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

interface Chute {
  readonly id: string;
  readonly version: string;
  readonly gpuCount: number;
  readonly image: string;
}

describe.each(["standalone", "socket interceptor"] as const)("unmodified clients, %s", (mount) => {
  let reached: Reached;
  let miner: Miner;
  const state = () => reached.mock.built.state() as { chutes: Chute[]; instances: { id: string }[] };
  const chute = (at: number) => state().chutes[at] as Chute;
  const act = (input: object) => reached.mock.built.act?.(input) as Record<string, string>;

  beforeAll(async () => {
    reached = await REACH[mount]();
    miner = minerOf(reached);
  });
  afterAll(() => reached.close());

  test("streams: items by line, an empty list says so only when asked", async () => {
    const { items } = await miner.list("/miner/chutes/", "chute_id");
    expect([...items.keys()]).toEqual(state().chutes.map(({ id }) => id));
    const first = items.get(chute(0).id);
    expect(first).toMatchObject({
      version: chute(0).version,
      image: "chutes/llama-3-8b-image:latest",
      node_selector: { gpu_count: 1 },
      tee: true,
    });
    expect((await miner.list("/miner/images/", "image_id")).items.size).toBe(3);
    expect(await miner.list("/miner/instances/?explicit_null=True", "instance_id")).toMatchObject({
      explicitNull: true,
    });
    expect(await miner.list("/miner/nodes/", "uuid")).toEqual({ items: new Map(), explicitNull: false });
    expect((await miner.list("/miner/metrics/", "chute_id")).items.size).toBe(3);
    expect(await miner.get(`/miner/chutes/${chute(0).id}/${chute(0).version}`)).toMatchObject({
      status: 200,
      body: { chute_id: chute(0).id, supported_gpus: expect.arrayContaining(["h200"]) },
    });
    expect(await miner.get(`/miner/chutes/${chute(0).id}/other`)).toMatchObject({ status: 404 });
  });

  test("open routes need no signature", async () => {
    expect((await miner.ask("GET", "/chutes/utilization", null)).body).toMatchObject([
      { chute_id: chute(0).id, scalable: true, update_in_progress: false },
      {},
      {},
    ]);
    expect(await miner.ask("GET", "/chutes/rolling_updates", null)).toEqual({ status: 200, body: [] });
    expect((await miner.ask("GET", "/nodes/supported", null)).body).toMatchObject({
      h200: { processors: 132 },
    });
  });

  test("a server is registered once, renamed, seen, and asked for its place in an upgrade", async () => {
    const args = await serverArgs(miner);
    expect(await miner.post("/servers/", args)).toEqual({
      status: 201,
      body: { message: "Server registered successfully." },
    });
    expect(await miner.post("/servers/", args)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("already exist in inventory") },
    });
    expect(await miner.get("/miner/servers/")).toMatchObject({
      body: {
        servers: [{ server_id: "node-uid-1", is_tee: true, version: "1.3.0", gpus: { length: 8 } }],
      },
    });
    const renamed = await miner.ask("PATCH", "/servers/node-uid-1?server_name=gpu-a", { purpose: "tee" });
    expect(renamed).toMatchObject({ status: 200, body: { name: "gpu-a", ip: "203.0.113.7" } });
    expect(await miner.get("/servers/gpu-a/maintenance/preflight", "tee")).toMatchObject({
      body: { eligible: false, denial_reasons: [{ reason: "no_active_window" }] },
    });
    expect((await miner.list("/miner/nodes/", "uuid")).items.size).toBe(8);
  });

  test("the whole way of an instance, told on the channel", async () => {
    const listening = listen(reached);
    expect(await listening.hear("auth_success")).toEqual({ message: "Authenticated" });
    const { id } = chute(0);
    const launch = await miner.get(`/instances/launch_config?chute_id=${id}`, "launch");
    const { token, config_id: config } = launch.body as { token: string; config_id: string };
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ sub: config, iss: "chutes", url: expect.stringContaining(config) });

    const nodes = [...(await miner.list("/miner/nodes/", "uuid")).items.values()];
    const node = nodes[0] as { uuid: string; name: string; memory: number; processors: number };
    const pod = async (method: string, path: string, payload?: object) => {
      const response = await fetch(`${reached.origins["api"]}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const port = { internal_port: 8_000, external_port: 31_000, proto: "tcp" };
    const claim = { gpus: [{ uuid: node.uuid }], host: "203.0.113.7", port_mappings: [port] };
    const claimed = await pod("POST", `/instances/launch_config/${config}`, claim);
    expect(claimed.status).toBe(200);
    expect(await pod("POST", `/instances/launch_config/${config}`, claim)).toMatchObject({ status: 401 });
    const { instance_id: instance } = (await listening.hear("miner_broadcast"))["data"] as {
      instance_id: string;
    };
    expect(await pod("GET", `/instances/launch_config/${config}/activate`)).toMatchObject({ status: 403 });

    const { seed, symmetric_key: box } = claimed.body as {
      seed: number;
      symmetric_key: { ciphertext: string; response_plaintext: string };
    };
    const key = decrypt(node, seed, box.ciphertext) ?? Buffer.alloc(16);
    const cipher = createCipheriv("aes-128-cbc", key, Buffer.alloc(16));
    const response = Buffer.concat([cipher.update(box.response_plaintext), cipher.final()]).toString(
      "base64",
    );
    const proof = { response, iv: "00".repeat(16), proof: {} };
    expect(await pod("PUT", `/instances/launch_config/${config}`, proof)).toMatchObject({
      status: 200,
      body: { instance_id: instance },
    });
    expect(await pod("GET", `/instances/launch_config/${config}/activate`)).toMatchObject({
      body: { ok: true },
    });
    expect((await listening.hear("miner_broadcast"))["reason"]).toBe("instance_verified");
    expect((await listening.hear("miner_broadcast"))["reason"]).toBe("instance_activated");
    expect((await miner.get("/miner/inventory")).body).toMatchObject([
      { gpu_id: node.uuid, active: true, chute_name: "llama-3-8b" },
    ]);
    expect((await miner.get("/miner/active_instances/")).body).toContainEqual(
      expect.objectContaining({ instance_id: instance, miner_hotkey: MINER.address }),
    );

    const gone = await miner.ask("DELETE", `/instances/${id}/${instance}`, { purpose: "instances" });
    expect(gone).toEqual({ status: 200, body: { instance_id: instance, deleted: true } });
    expect((await listening.hear("miner_broadcast"))["reason"]).toBe("instance_deleted");
    expect((await miner.ask("DELETE", `/instances/${id}/${instance}`, { purpose: "instances" })).status).toBe(
      404,
    );
    listening.close();
  });

  test("an instance announced the old way: body signed, verified when it is active", async () => {
    const nodes = [...(await miner.list("/miner/nodes/", "uuid")).items.keys()];
    const announced = await miner.post(`/instances/${chute(1).id}/`, {
      node_ids: nodes.slice(1, 3),
      host: "203.0.113.7",
      port: 31_001,
    });
    expect(announced).toMatchObject({ status: 202, body: { verified: false } });
    const { instance_id: instance } = announced.body as { instance_id: string };
    const active = await miner.ask("PATCH", `/instances/${chute(1).id}/${instance}`, {
      payload: { active: true },
    });
    expect(active).toMatchObject({ status: 200, body: { verified: true, active: true } });
    const again = { node_ids: nodes.slice(1, 3), host: "203.0.113.7", port: 31_002 };
    expect(await miner.post(`/instances/${chute(1).id}/`, again)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("already assigned") },
    });
    const few = { ...again, node_ids: nodes.slice(3, 4) };
    expect(await miner.post(`/instances/${chute(1).id}/`, few)).toMatchObject({ status: 400 });
  });

  test("at its capacity a chute is locked", async () => {
    act({ do: "chute.target", chute: chute(2).id, target: 1 });
    expect(await miner.get(`/instances/launch_config?chute_id=${chute(2).id}`, "launch")).toMatchObject({
      status: 423,
      body: { detail: expect.stringContaining("target capacity of 1") },
    });
  });

  test("what an operator does is told to every client", async () => {
    const listening = listen(reached);
    await listening.hear("auth_success");
    const told = async (input: object, reasons: readonly string[]) => {
      const result = act(input);
      for (const reason of reasons)
        expect((await listening.hear("miner_broadcast"))["reason"], JSON.stringify(input)).toBe(reason);
      return result;
    };
    const made = await told({ do: "chute.create", name: "new" }, ["image_created", "chute_created"]);
    await told({ do: "bounty", chute: made["chute"], units: 500 }, ["bounty_change"]);
    await told({ do: "image.update", image: made["image"] }, ["image_updated"]);
    const { job } = await told({ do: "job.create", chute: made["chute"] }, ["job_created"]);
    const tried = await miner.get(
      `/instances/launch_config?chute_id=${made["chute"]}&job_id=${job}`,
      "launch",
    );
    expect(tried.status).toBe(200);
    expect(
      (await miner.get(`/instances/launch_config?chute_id=${made["chute"]}&job_id=${job}`, "launch")).status,
    ).toBe(403);
    await told({ do: "job.delete", job }, ["job_deleted"]);
    await told({ do: "chute.delete", chute: made["chute"] }, ["chute_deleted"]);
    await told({ do: "image.delete", image: made["image"] }, ["image_deleted"]);
    await told({ do: "chute.update", chute: chute(1).id }, ["chute_updated", "rolling_update"]);
    expect((await miner.ask("GET", "/chutes/rolling_updates", null)).body).toMatchObject([
      { chute_id: chute(1).id, permitted: { [MINER.address]: 1 } },
    ]);
    listening.close();
  });

  test("the channel refuses a bad signature, says why, and ends", async () => {
    const listening = listen(reached, MINER, "another purpose");
    expect(await listening.hear("auth_failed")).toEqual({
      error: expect.stringMatching(/^Authentication failed: Invalid request signature for hotkey 5/),
    });
    expect(await listening.hear("disconnect")).toEqual({ reason: "io server disconnect" });
  });

  test("the channel is for WebSockets: polling is refused", async () => {
    const refused = await miner.ask("GET", "/socket.io/?EIO=4&transport=polling", null);
    expect(refused).toEqual({ status: 400, body: '"Invalid transport"' });
  });

  test("signatures: whoever is wrong hears why", async () => {
    const detail = async (asked: Promise<{ status: number; body: unknown }>) => {
      const { status, body } = await asked;
      return [status, (body as { detail: string }).detail];
    };
    expect(await detail(miner.ask("GET", "/miner/servers/", null))).toEqual([
      401,
      "Can't find a user with that api key in our db :(",
    ]);
    expect(await detail(miner.get("/miner/servers/", "launch"))).toEqual([
      401,
      expect.stringContaining("Invalid request signature"),
    ]);
    const old = { headers: { "X-Chutes-Nonce": "1767220000" } };
    expect(await detail(miner.ask("GET", "/miner/servers/", { purpose: "miner" }, old))).toEqual([
      401,
      "Invalid nonce!",
    ]);
    const stranger = hotkey(9);
    act({ do: "hotkey.deregister", hotkey: stranger.address });
    expect(await detail(minerOf(reached, stranger).get("/miner/servers/"))).toEqual([
      401,
      "Hotkey is not registered on netuid 64",
    ]);
  });

  test("a body that does not fit is 422, an unknown path 404, a wrong method 405", async () => {
    expect(await miner.post("/servers/", { host: "x" })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ["body", "id"] }, { loc: ["body", "gpus"] }] },
    });
    expect(await miner.get("/no/such")).toEqual({ status: 404, body: { detail: "Not Found" } });
    expect((await miner.ask("PUT", "/audit/miner_data", null)).status).toBe(405);
  });

  test("an audit report is kept byte for byte", async () => {
    const report = {
      miner_hotkey: MINER.address,
      start_time: "2026-01-01T00:00:00+00:00",
      end_time: "2026-01-01T01:00:00+00:00",
      prometheus_metrics: [],
    };
    const headers = { "X-Chutes-Block": "4321" };
    const taken = await miner.ask("POST", "/audit/miner_data", { payload: report }, { headers });
    expect(taken).toMatchObject({ status: 200, body: { block: 4_321, hotkey: MINER.address } });
    const { path } = taken.body as { path: string };
    const back = await fetch(`${reached.origins["api"]}/audit/download?path=${encodeURIComponent(path)}`);
    const sha256 = createHash("sha256").update(JSON.stringify(report)).digest("hex");
    expect(
      createHash("sha256")
        .update(await back.text())
        .digest("hex"),
    ).toBe(sha256);
    expect(reached.mock.built.state()).toMatchObject({ audits: [{ block: 4_321, sha256 }] });
  });
});
