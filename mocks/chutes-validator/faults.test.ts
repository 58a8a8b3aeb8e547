import { connect } from "node:tls";
import { expect, test } from "vitest";
import { gpuArgs, listen, MINER, minerOf, REACH, serverArgs } from "./client.testkit.ts";
import type { Miner, Reached } from "./client.testkit.ts";
import { VALIDATOR_FAULTS } from "./faults.ts";

// The worker's certificate is signed by itself, and the miner does not look at it.
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

interface Scene {
  readonly reached: Reached;
  readonly miner: Miner;
  put(params?: Record<string, unknown>): void;
  remove(): void;
}

const LEGACY = { profile: "chutes-graval-legacy", verifyMs: "0" };
const chuteIds = ({ reached }: Scene) =>
  (reached.mock.built.state() as { chutes: { id: string }[] }).chutes.map(({ id }) => id);
const launch = (scene: Scene) =>
  scene.miner.get(`/instances/launch_config?chute_id=${chuteIds(scene)[0]}`, "launch");
const devices = ({ miner }: Scene) => miner.get("/server/devices", "attest", "attestation");

/** The nodes of a legacy server as gepetto advertises them. */
function legacyNodes({ reached }: Scene): object {
  const { gpus } = (reached.mock.built.state() as { worker: { gpus: string[] } }).worker;
  const device = {
    name: "NVIDIA H200",
    memory: 150_754_820_096,
    clock_rate: 1_980_000,
    model_short_ref: "h200",
  };
  return { server_id: "s", nodes: gpus.map((uuid, at) => gpuArgs({ ...device, uuid, processors: 132 }, at)) };
}

/** What a real client sees of every fault kind of the mock. */
const CASES: Readonly<Record<keyof typeof VALIDATOR_FAULTS, (scene: Scene) => Promise<void>>> = {
  "validator.409": async (scene) => {
    const args = await serverArgs(scene.miner);
    scene.put();
    expect(await scene.miner.post("/servers/", args)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("already exist in inventory") },
    });
    scene.remove();
    expect((await scene.miner.post("/servers/", args)).status).toBe(201);
  },
  "validator.423": async (scene) => {
    expect((await launch(scene)).status).toBe(200);
    scene.put();
    expect(await launch(scene)).toMatchObject({
      status: 423,
      body: { detail: expect.stringContaining("target capacity") },
    });
  },
  "validator.401skew": async (scene) => {
    scene.put({ seconds: 601 });
    expect(await scene.miner.get("/miner/servers/")).toEqual({
      status: 401,
      body: { detail: "Invalid nonce!" },
    });
    const listening = listen(scene.reached);
    expect(await listening.hear("auth_failed")).toEqual({ error: "Authentication failed: Invalid nonce!" });
    listening.close();
    scene.put({ seconds: 500 });
    expect((await scene.miner.get("/miner/servers/")).status).toBe(200);
  },
  "validator.pendingForever": async (scene) => {
    const registered = await scene.miner.post("/nodes/", legacyNodes(scene));
    const { task_id: task } = registered.body as { task_id: string };
    const status = async () =>
      (await scene.miner.get(`/nodes/verification_status?task_id=${encodeURIComponent(task)}`, "graval"))
        .body;
    expect(await status()).toEqual({ status: "verified" });
    scene.put();
    expect(await status()).toEqual({ status: "pending" });
    const { gpus } = (scene.reached.mock.built.state() as { worker: { gpus: string[] } }).worker;
    const chute = chuteIds(scene)[0];
    const started = { node_ids: gpus.slice(0, 1), host: "203.0.113.7", port: 31_000 };
    const { body } = await scene.miner.post(`/instances/${chute}/`, started);
    const { instance_id: instance } = body as { instance_id: string };
    expect(
      await scene.miner.ask("PATCH", `/instances/${chute}/${instance}`, { payload: { active: true } }),
    ).toMatchObject({ status: 200, body: { active: true, verified: false } });
  },
  "validator.seedMismatch": async (scene) => {
    scene.put();
    const registered = await scene.miner.post("/nodes/", legacyNodes(scene));
    const { nodes, task_id: task } = registered.body as { nodes: { seed: number }[]; task_id: string };
    expect([registered.status, new Set(nodes.map(({ seed }) => seed)).size]).toEqual([202, 8]);
    expect(
      await scene.miner.get(`/nodes/verification_status?task_id=${encodeURIComponent(task)}`, "graval"),
    ).toMatchObject({ body: { status: "failed" } });
  },
  "validator.socketDrop": async (scene) => {
    const listening = listen(scene.reached);
    await listening.hear("auth_success");
    scene.put({ mode: "close" });
    expect(await listening.hear("disconnect")).toEqual({ reason: "transport close" });
    scene.put({ mode: "rst" });
    const again = listen(scene.reached);
    expect(await again.hear("disconnect")).toEqual({
      reason: expect.stringMatching(/^transport (close|error)$/),
    });
    scene.remove();
    const last = listen(scene.reached);
    await last.hear("auth_success");
    last.close();
  },
  "validator.unknownBroadcast": async (scene) => {
    const listening = listen(scene.reached);
    await listening.hear("auth_success");
    scene.put({ reason: "fee_changed", data: { fee: 3 } });
    expect(await listening.hear("miner_broadcast")).toEqual({ reason: "fee_changed", data: { fee: 3 } });
    listening.close();
  },
  "validator.NO_ITEMS": async (scene) => {
    scene.put();
    expect(await scene.miner.list("/miner/chutes/", "chute_id")).toEqual({
      items: new Map(),
      explicitNull: true,
    });
  },
  "validator.emptyStream": async (scene) => {
    scene.put();
    expect(await scene.miner.list("/miner/instances/?explicit_null=True", "instance_id")).toEqual({
      items: new Map(),
      explicitNull: false,
    });
  },
  "attest.down": async (scene) => {
    const args = await serverArgs(scene.miner);
    scene.put();
    expect(await devices(scene)).toMatchObject({ status: 502 });
    expect((await scene.miner.ask("GET", "/server/health", null, { on: "attestation" })).status).toBe(502);
    expect((await scene.miner.ask("GET", "/health", null, { on: "attestation" })).status).toBe(503);
    expect((await scene.miner.get("/status/overview", "status", "manager")).body).toMatchObject({
      status: "degraded",
    });
    // The validator can't fetch its evidence either.
    expect(await scene.miner.post("/servers/", args)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("Failed to get evidence") },
    });
  },
  "attest.slow": async (scene) => {
    scene.put({ ms: 60_000 });
    const asked = fetch(`${scene.reached.origins["attestation"]}/server/health`, {
      signal: AbortSignal.timeout(200),
    });
    await expect(asked).rejects.toThrow(/timeout/);
    scene.put({ ms: 50 });
    expect((await devices(scene)).status).toBe(200);
  },
  "attest.countMismatch": async (scene) => {
    scene.put({ by: -1 });
    expect((await devices(scene)).body).toMatchObject({ length: 7 });
    expect(await scene.miner.post("/servers/", await serverArgs(scene.miner))).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("GPU count 7") },
    });
    scene.put({ by: 2 });
    expect((await devices(scene)).body).toMatchObject({ length: 10 });
  },
  "attest.wrongUuid": async (scene) => {
    const before = (await devices(scene)).body as { uuid: string }[];
    scene.put({ gpus: 2 });
    const after = (await devices(scene)).body as { uuid: string }[];
    expect(after.map(({ uuid }, at) => uuid === before[at]?.uuid)).toEqual([
      false,
      false,
      ...Array<boolean>(6).fill(true),
    ]);
    expect(await scene.miner.post("/servers/", await serverArgs(scene.miner))).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("Invalid GPU evidence") },
    });
  },
  "attest.expiredCert": async (scene) => {
    const reasonOf = () => handshake(scene.reached);
    expect(await reasonOf()).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    scene.put();
    expect(await reasonOf()).toBe("CERT_HAS_EXPIRED");
    // The miner takes any certificate, so it does not see this one.
    expect((await devices(scene)).status).toBe(200);
  },
};

/** Why a client that looks would refuse the worker's certificate, which it trusts as an authority if it is in date. */
function handshake({ origins }: Reached): Promise<string> {
  const { hostname, port } = new URL(origins["attestation"] ?? "");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const { valid_to: until } = socket.getPeerCertificate();
      const expired = Date.parse(until) < Date.now();
      resolve(expired ? "CERT_HAS_EXPIRED" : String(socket.authorizationError));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

const LEGACY_KINDS = new Set(["validator.pendingForever", "validator.seedMismatch"]);

test.each(Object.entries(CASES))("a client sees %s", async (kind, play) => {
  const reached = await REACH.standalone(LEGACY_KINDS.has(kind) ? { settings: LEGACY } : {});
  try {
    await play({
      reached,
      miner: minerOf(reached, MINER),
      put: (params = {}) => void reached.mock.faults.put("fault", { kind, params }),
      remove: () => void reached.mock.faults.delete("fault"),
    });
    const hits = reached.mock.journal.entries().filter((entry) => entry.kind === "fault.hit");
    expect(hits.some(({ fields }) => fields["fault"] === kind)).toBe(true);
  } finally {
    await reached.close();
  }
});
