import { afterAll, beforeAll, expect, test } from "vitest";
import { hotkey, MINER, signed } from "./client.testkit.ts";
import { pythonScene } from "./python.testkit.ts";
import type { PythonScene } from "./python.testkit.ts";

let scene: PythonScene;
beforeAll(async () => {
  scene = await pythonScene();
});
afterAll(() => scene.close());

test("aiohttp reads the streams line by line, signed by substrate-interface", async () => {
  const told = await scene.run(`
async def main():
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        for table in ("chutes", "images", "nodes", "instances", "metrics"):
            headers, _ = sign(purpose="miner")
            count, none = 0, False
            async with session.get(f"{API}/miner/{table}/", headers=headers, params={"explicit_null": "True"}) as answer:
                async for line in answer.content:
                    count += line.startswith(b"data: {")
                    none = none or line.startswith(b"data: NO_ITEMS")
            tell([table, count, none])
asyncio.run(main())
`);
  expect(told).toEqual([
    ["chutes", 3, false],
    ["images", 3, false],
    ["nodes", 0, false],
    ["instances", 0, true],
    ["metrics", 3, false],
  ]);
});

test("the worker by https with any certificate, then a server of its GPUs, then the conflict", async () => {
  const told = await scene.run(`
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
async def main():
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        async with session.get(f"{ATTESTATION}/server/health") as answer:
            tell([answer.status, await answer.json()])
        headers, _ = sign(purpose="attest")
        async with session.get(f"{ATTESTATION}/server/devices", headers=headers) as answer:
            devices = await answer.json()
    gpus = [{**d, "device_index": i, "gpu_identifier": "h200", "verification_host": "203.0.113.7", "verification_port": 30443}
            for i, d in enumerate(devices)]
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            headers, body = sign(payload={"host": "203.0.113.7", "id": "uid", "name": "gpu-0", "gpus": gpus})
            async with session.post(f"{API}/servers/", data=body, headers=headers) as answer:
                tell([answer.status, await answer.json()])
asyncio.run(main())
`);
  expect(told).toEqual([
    [200, "pong"],
    [201, { message: "Server registered successfully." }],
    [409, { detail: expect.stringContaining("already exist in inventory") }],
  ]);
});

test("python-socketio: authenticated, told, and sent away when the signature is for something else", async () => {
  const { chutes } = scene.mock.built.state() as { chutes: { id: string }[] };
  const told = await scene.run(
    `
async def main():
    client, done = socketio.AsyncClient(), asyncio.Event()
    @client.event
    async def auth_success(data):
        tell(["auth_success", data])
        async with aiohttp.ClientSession() as operator:
            await operator.post(CONTROL + "/act", json={"do": "bounty", "chute": os.environ["CHUTE"], "units": 100})
    @client.event
    async def miner_broadcast(data):
        tell(["broadcast", data["reason"], data["data"]["chute_id"]])
        done.set()
    @client.event
    async def connect():
        await client.emit("authenticate", sign(purpose="sockets")[0])
    await client.connect(API, transports=["websocket"], wait_timeout=10)
    await asyncio.wait_for(done.wait(), 60)
    await client.disconnect()
    stranger, gone = socketio.AsyncClient(reconnection=False), asyncio.Event()
    @stranger.event
    async def auth_failed(data):
        tell(["auth_failed", data["error"][:50]])
    @stranger.event
    async def disconnect():
        gone.set()
    await stranger.connect(API, transports=["websocket"], wait_timeout=10)
    await stranger.emit("authenticate", sign(purpose="miner")[0])
    await asyncio.wait_for(gone.wait(), 60)
    tell(["disconnected"])
asyncio.run(main())
`,
    { CHUTE: chutes[0]?.id ?? "" },
  );
  expect(told).toEqual([
    ["auth_success", { message: "Authenticated" }],
    ["broadcast", "bounty_change", chutes[0]?.id],
    ["auth_failed", "Authentication failed: Invalid request signature f"],
    ["disconnected"],
  ]);
});

test("bittensor-wallet, which the validator checks with, comes to the mock's verdict on every signature", async () => {
  const nowMs = scene.mock.clock.wallMs();
  const good = signed(MINER, nowMs, { purpose: "miner" });
  const other = hotkey(2);
  const cases: Record<string, string>[] = [
    good,
    signed(other, nowMs, { purpose: "miner" }),
    signed(MINER, nowMs, { purpose: "launch" }),
    { ...good, "X-Chutes-Hotkey": other.address },
    { ...good, "X-Chutes-Signature": good["X-Chutes-Signature"]?.replace(/^../, "00") ?? "" },
    { ...good, "X-Chutes-Nonce": String(Math.floor(nowMs / 1_000) - 1) },
  ];
  const [verdicts] = await scene.run(
    `
from bittensor_wallet import Keypair as Wallet
def good(case):
    message = f"{case['X-Chutes-Hotkey']}:{case['X-Chutes-Nonce']}:miner"
    try:
        return Wallet(ss58_address=case["X-Chutes-Hotkey"]).verify(message, bytes.fromhex(case["X-Chutes-Signature"]))
    except Exception:
        return False
tell([good(case) for case in json.loads(os.environ["CASES"])])
`,
    { CASES: JSON.stringify(cases) },
  );
  const [api = ""] = (await scene.run("tell(API)")) as string[];
  const ours = await Promise.all(
    cases.map(async (headers) => (await fetch(`${api}/miner/servers/`, { headers })).status === 200),
  );
  expect(verdicts).toEqual([true, true, false, false, false, false]);
  expect(ours).toEqual(verdicts);
});
