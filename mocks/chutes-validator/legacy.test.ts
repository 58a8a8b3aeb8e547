import { afterAll, beforeAll, expect, test } from "vitest";
import { gpuArgs, listen, MINER, minerOf, REACH } from "./client.testkit.ts";
import type { Miner, Reached } from "./client.testkit.ts";
import { encrypt } from "./graval/cipher.ts";
import type { Device } from "./worker/devices.ts";

let reached: Reached;
let miner: Miner;
beforeAll(async () => {
  reached = await REACH.standalone({
    mode: { kind: "frozen" },
    settings: { profile: "chutes-graval-legacy", verifyMs: "5000", gpus: "2" },
  });
  miner = minerOf(reached);
});
afterAll(() => reached.close());

/** As the miner's API signs for its own services. */
function management(purpose: string): Record<string, string> {
  const nonce = String(Math.floor(reached.mock.clock.wallMs() / 1_000));
  return {
    "X-Chutes-Miner": MINER.address,
    "X-Chutes-Validator": MINER.address,
    "X-Chutes-Nonce": nonce,
    "X-Chutes-Signature": MINER.sign(`${MINER.address}:${MINER.address}:${nonce}:${purpose}`),
  };
}

const graval = (method: string, path: string, headers = {}, payload?: object) =>
  fetch(`${reached.origins["graval"]}${path}`, {
    method,
    headers,
    ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
  });

async function devices(): Promise<Device[]> {
  const response = await graval("GET", "/devices", management("graval"));
  return ((await response.json()) as { devices: Device[] }).devices;
}

test("a node's GraVal service answers who is signed for", async () => {
  expect(await (await graval("GET", "/ping")).text()).toBe("pong");
  expect(await devices()).toMatchObject([{ name: "NVIDIA H200" }, { processors: 132 }]);
  expect((await graval("GET", "/devices")).status).toBe(401);
  expect((await graval("GET", "/devices", management("management"))).status).toBe(401);
  const challenge = "ab".repeat(32);
  expect(await (await graval("GET", `/info?challenge=${challenge}`)).text()).toMatch(/^[0-9a-f]{64}$/);
  expect((await graval("GET", "/info?challenge=xy")).status).toBe(400);
});

test("GPUs wait for their proof, then the miner is told and may use them", async () => {
  const listening = listen(reached);
  await listening.hear("auth_success");
  const nodes = (await devices()).map((device, at) => gpuArgs({ ...device }, at));
  const taken = await miner.post("/nodes/", { server_id: "server-1", nodes });
  expect(taken).toMatchObject({ status: 202, body: { nodes: [{ seed: expect.any(Number) }, {}] } });
  const { nodes: rows, task_id: task } = taken.body as { nodes: { seed: number }[]; task_id: string };
  expect(new Set(rows.map(({ seed }) => seed)).size).toBe(1);
  const status = async () =>
    (await miner.get(`/nodes/verification_status?task_id=${encodeURIComponent(task)}`, "graval")).body;
  expect(await status()).toEqual({ status: "pending" });
  await reached.mock.clock.advance(5_000);
  expect((await listening.hear("miner_broadcast"))["reason"]).toBe("gpu_verified");
  expect((await listening.hear("miner_broadcast"))["reason"]).toBe("gpu_verified");
  expect(await status()).toEqual({ status: "verified" });
  expect((await miner.get("/nodes/verification_status?task_id=5x::1", "graval")).status).toBe(401);
  const [first] = await devices();
  const deleted = await miner.ask("DELETE", `/nodes/${first?.uuid}`, { purpose: "nodes" });
  expect(deleted).toEqual({ status: 200, body: { node_id: first?.uuid, deleted: true } });
  listening.close();
});

test("a card that is not what the network's table says is refused", async () => {
  const [device] = (await devices()).map((it, at) =>
    gpuArgs({ ...it, uuid: "ee".repeat(16) }, at),
  ) as object[];
  const refused = async (change: object) => {
    const { status, body } = await miner.post("/nodes/", { nodes: [{ ...device, ...change }] });
    return [status, (body as { detail: string }).detail];
  };
  expect(await refused({ name: "Tesla T4" })).toEqual([400, expect.stringContaining("does not match")]);
  expect(await refused({ gpu_identifier: "t4" })).toEqual([400, expect.stringContaining("not supported")]);
  expect(await refused({ memory: 16_000_000_000 })).toEqual([400, expect.stringContaining("Memory 16GB")]);
  expect(await refused({ clock_rate: 9_000_000 })).toEqual([400, expect.stringContaining("Clock rate")]);
  expect(await refused({ verification_port: 22 })).toEqual([
    400,
    expect.stringContaining("verification_port"),
  ]);
});

test("encrypted for one GPU and seed, decrypted by it alone", async () => {
  const [device, other] = await devices();
  const seed = 12_345;
  const recode = async (path: string, by: Device | undefined, payload: string) =>
    (await graval("POST", path, {}, { device_info: by, payload, seed, iterations: 1 })).text();
  const box = await recode("/encrypt", device, "the secret");
  expect(await recode("/decrypt", device, box)).toBe("the secret");
  expect(await recode("/decrypt", other, box)).not.toBe("the secret");
});

test("a proof takes as long as the card should need", async () => {
  const frozen = await REACH.standalone({
    mode: { kind: "jump" },
    settings: { profile: "chutes-graval-legacy", gpus: "1", gpu: "l40s" },
  });
  const [uuid = ""] = (frozen.mock.built.state() as { worker: { gpus: string[] } }).worker.gpus;
  const device = { uuid, name: "NVIDIA L40S", memory: 46_068 * 1_048_576, processors: 142 };
  const response = await fetch(`${frozen.origins["graval"]}/prove`, {
    method: "POST",
    body: JSON.stringify({
      seed: 7,
      iterations: 2,
      ciphertext: { [uuid]: encrypt(device, 7, Buffer.from("x")) },
    }),
  });
  expect(await response.json()).toMatchObject({
    seed: 7,
    plaintext: { [uuid]: "x" },
    proof: { [uuid]: { work_product: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  });
  // L40S: 60 s a round (chutes-api gpu.py).
  expect(frozen.mock.clock.nowMs()).toBe(120_000);
  await frozen.close();
});
