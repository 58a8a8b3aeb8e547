import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { pythonWith } from "../core/python.testkit.ts";
import { REACH } from "./clients.testkit.ts";

/** Today's SDK; the line that the subnets' code was written against, with the transport of its time; the transport alone. */
const V11 = ["bittensor==11.3.0"];
const V9 = ["bittensor==9.12.2", "async-substrate-interface==1.6.4"];
const INTERFACE = ["async-substrate-interface==2.2.1"];

/** Five blocks a second. */
const FAST = 60;

/** Runs a script whose last line of output is JSON. `URL` is the mock's address. */
async function python(packages: string[], script: string, fault?: object) {
  const interpreter = await pythonWith(packages);
  const cache = mkdtempSync(join(tmpdir(), "firedrill-subtensor-"));
  const { mock, url, close } = await REACH.standalone({ mode: { kind: "run", scale: FAST } });
  if (fault !== undefined) mock.faults.put("fault", fault);
  try {
    const code = `import json\nURL = ${JSON.stringify(url)}\n${script}`;
    const { stdout } = await execa(interpreter, ["-c", code], {
      env: { BITTENSOR_RUNTIME_CACHE_DIR: cache, HOME: cache },
      timeout: 100_000,
    });
    return { said: JSON.parse(stdout.split("\n").at(-1) ?? ""), journal: mock.journal.text() };
  } finally {
    await close();
    rmSync(cache, { recursive: true, force: true });
  }
}

const v11 = (body: string) => `
import asyncio
import bittensor as bt
from bittensor._generated import calls
from bittensor.sp_core import Keypair
class Wallet:
    hotkey = Keypair.create_from_uri("//Alice")
    coldkey = coldkeypub = Keypair.create_from_uri("//Alice-cold")
async def main():
    async with bt.Client(URL) as client:
${body.replaceAll(/^/gm, "        ")}
print(json.dumps(asyncio.run(main())))
`;

const COMMIT = `calls.Commitments.set_commitment(46, {"fields": [{"Raw5": "0x68656c6c6f"}]}), Wallet(), signer="hotkey"`;

describe("bittensor 11.3", () => {
  test("metagraph with commitments, a signed commitment, a past block", async () => {
    const { said, journal } = await python(
      V11,
      v11(`before = await client.subnets.metagraph(46)
result = await client.submit_call(${COMMIT})
after = await client.subnets.metagraph(46)
past = await (await client.at(before.block - 100)).runtime(("NeuronInfoRuntimeApi", "get_neurons_lite"), [46])
return [len(before), before.neurons[0].hotkey, [n.uid for n in before.validators], before.neurons[0].alpha_stake.rao, before.neurons[2].commitment.data, result.success, after.neurons[0].commitment.data, len(past)]`),
    );
    const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const link = "https://miner-2.subnet-46.example/data";
    expect(said).toEqual([16, alice, [0, 1], 100_000_000_000_000, link, true, "hello", 16]);
    expect(journal).not.toContain('"unmodelled"');
  });

  test.each([
    [{ kind: "metagraph.flip", params: { what: "deregister" }, when: { atTime: 0 } }, "HOTKEY", /False/],
    [
      {
        kind: "rateLimit",
        params: { reqPerSec: 0.001, code: -32_004, message: "storage work rate limit exceeded" },
        // Not its first calls: limited while it connects, the client may not come back within minutes.
        scope: { api: "SubnetInfoRuntimeApi_get_metagraph" },
      },
      "READ",
      /^RpcPolicy/,
    ],
    [{ kind: "stateDiscarded", params: { olderThan: 5 } }, "PAST", /StateDiscarded|discarded/i],
    [{ kind: "txPool", params: { how: "banned" } }, "COMMIT", /banned/],
  ])("under %j", async (fault, use, wanted) => {
    const uses: Record<string, string> = {
      HOTKEY: `await client.wait_for_block(1002)
return str((await client.subnets.metagraph(46)).by_hotkey(Wallet.hotkey.ss58_address) is not None)`,
      READ: `await client.subnets.metagraph(46)\nawait client.subnets.metagraph(64)`,
      PAST: `await (await client.at(900)).runtime(("NeuronInfoRuntimeApi", "get_neurons_lite"), [46])`,
      COMMIT: `r = await client.submit_call(${COMMIT})\nreturn str(r)`,
    };
    const guarded = `try:\n${(uses[use] ?? "").replaceAll(/^/gm, "    ")}\nexcept Exception as error:\n    return type(error).__name__ + ": " + str(error)`;
    expect((await python(V11, v11(guarded), fault)).said).toMatch(wanted);
  });
});

test("bittensor 9.12: the metagraph as the subnets read it, stakes, commitments, hyperparameters", async () => {
  const { said, journal } = await python(
    V9,
    `
import bittensor as bt
chain = bt.Subtensor(URL)
graph = chain.metagraph(46)
print(json.dumps([
    graph.hotkeys[:1], [bool(it) for it in graph.validator_permit[:3]], [float(it) > 20_000 for it in graph.alpha_stake[:3]],
    chain.get_uid_for_hotkey_on_subnet(graph.hotkeys[1], 46), chain.get_commitment(46, 2), chain.get_subnet_hyperparameters(46).tempo,
    len(chain.neurons_lite(46)), chain.get_metagraph_info(46).num_uids, len(chain.get_all_commitments(46)), chain.get_balance(graph.hotkeys[0]).tao,
]))
`,
  );
  expect(said).toEqual([
    ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
    [true, true, false],
    [true, true, false],
    1,
    "https://miner-2.subnet-46.example/data",
    360,
    16,
    16,
    7,
    10_000,
  ]);
  expect(journal).not.toContain('"unmodelled"');
});

test("async-substrate-interface 2.2: maps and values", async () => {
  const { said } = await python(
    INTERFACE,
    `
from async_substrate_interface import SubstrateInterface
chain = SubstrateInterface(URL)
keys = [it for it in chain.query_map("SubtensorModule", "Keys", [46])]
tempo = chain.query("SubtensorModule", "Tempo", [46])
permits = chain.query("SubtensorModule", "ValidatorPermit", [46])
value = lambda it: getattr(it, "value", it)
said = [len(keys), value(tempo), [bool(it) for it in value(permits)][:3], chain.get_block_number(chain.get_chain_head()) >= 1000]
chain.close()
print(json.dumps(said))
`,
  );
  expect(said).toEqual([16, 360, [true, true, false], true]);
});
