import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWith } from "../core/python.testkit.ts";
import { REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";

/** Independent code for the same rules, as PyPI has it. */
const PACKAGES = ["python-bitcoinlib==0.12.2", "pyzmq==27.3.0"];

/** A proxy as anybody would make it, and `tell(value)`, which prints one JSON line. */
const HEAD = `
import json, os, struct
import bitcoin, bitcoin.rpc
from bitcoin.core import *
from bitcoin.core.script import CScript
bitcoin.SelectParams("regtest")
proxy = bitcoin.rpc.Proxy(service_url=os.environ["NODE"])
def tell(value):
    print(json.dumps(value, default=str))
`;

let reached: Reached;
beforeAll(async () => {
  reached = await REACH.standalone({
    mode: { kind: "run", scale: 1 },
    settings: { blocks: "3", mempool: "7" },
  });
});
afterAll(() => reached.close());

async function python(script: string, env: Record<string, string> = {}): Promise<unknown[]> {
  const interpreter = await pythonWith(PACKAGES);
  const { stdout } = await execa(interpreter, ["-c", HEAD + script], {
    env: { NODE: `http://user:password@127.0.0.1:${reached.port}`, ...env },
  });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

describe("python-bitcoinlib", () => {
  test("every block passes its CheckBlock, and its proxy reads the chain", async () => {
    const told = await python(`
from bitcoin.wallet import CBitcoinAddress
hashes = proxy.call("generatetoaddress", 5, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
tell(proxy.getblockcount())
tell(b2lx(proxy.getblockhash(0)) == b2lx(bitcoin.params.GENESIS_BLOCK.GetHash()))
for height in range(1, proxy.getblockcount() + 1):
    block = proxy.getblock(proxy.getblockhash(height))
    CheckBlock(block)
    tell([b2lx(block.GetHash()) == proxy.call("getblockhash", height), len(block.vtx), block.vtx[0].vout[0].nValue])
tell(proxy.validateaddress("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn")["isvalid"])
`);
    expect(told.slice(0, 2)).toEqual([8, true]);
    const blocks = told.slice(2, 10) as [boolean, number, number][];
    expect(blocks.every(([same]) => same)).toBe(true);
    expect(blocks.map(([, count]) => count)).toEqual([8, 8, 8, 8, 8, 8, 8, 8]);
    expect(blocks.every(([, , paid]) => paid > 5_000_000_000)).toBe(true);
    expect(told.at(-1)).toBe(true);
  });

  test("a block that its code makes from a template is the tip; a changed one is refused", async () => {
    const told = await python(`
template = proxy.call("getblocktemplate", {"rules": ["segwit"]})
def push(height):
    return bytes([0x50 + height]) if height <= 16 else CScript([height])
def mined(value):
    outputs = [CMutableTxOut(value, CScript(x("0014" + "ab" * 20))),
               CMutableTxOut(0, CScript(x(template["default_witness_commitment"])))]
    coinbase = CMutableTransaction([CMutableTxIn(COutPoint(), CScript(bytes(push(template["height"])) + b"\\x04pyth"))], outputs)
    coinbase.wit = CTxWitness([CTxInWitness(bitcoin.core.script.CScriptWitness([bytes(32)]))])
    vtx = [CTransaction.from_tx(coinbase)] + [CTransaction.deserialize(x(t["data"])) for t in template["transactions"]]
    assert [b2lx(tx.GetTxid()) for tx in vtx[1:]] == [t["txid"] for t in template["transactions"]]
    header = dict(nVersion=template["version"], hashPrevBlock=lx(template["previousblockhash"]),
                  hashMerkleRoot=CBlock.build_merkle_tree_from_txs(vtx)[-1], nTime=template["curtime"],
                  nBits=int(template["bits"], 16))
    for nonce in range(1000):
        block = CBlock(nNonce=nonce, vtx=vtx, **header)
        if int.from_bytes(block.GetHash(), "little") <= int(template["target"], 16):
            CheckBlock(block)
            return block
tell(proxy.submitblock(mined(template["coinbasevalue"] + 1)))
good = mined(template["coinbasevalue"])
tell(proxy.submitblock(good))
tell(proxy.call("getbestblockhash") == b2lx(good.GetHash()))
tell(proxy.submitblock(good))
`);
    expect(told).toEqual(["bad-cb-amount", null, true, "duplicate"]);
  });

  test("errors are its own classes", async () => {
    const told = await python(`
for call in [lambda: proxy.getblock(bytes(32)), lambda: proxy.getblockhash(10**6), lambda: proxy.call("generatetoaddress", 1, "x")]:
    try:
        call()
    except Exception as error:
        tell([type(error).__name__, str(error)[:60]])
`);
    expect(told).toEqual([
      ["IndexError", expect.stringContaining("Block not found")],
      ["IndexError", expect.stringContaining("out of range")],
      ["InvalidAddressOrKeyError", expect.stringContaining("Error: Invalid address")],
    ]);
  });
});

test("pyzmq hears what ckpool's thread would hear", async () => {
  const told = await python(
    `
import zmq
context = zmq.Context()
socket = context.socket(zmq.SUB)
socket.setsockopt(zmq.RCVTIMEO, 1000)
socket.setsockopt(zmq.SUBSCRIBE, b"hashblock")
socket.connect(os.environ["ZMQ"])
# Whoever subscribes hears what comes after that: blocks until one is heard.
for tried in range(30):
    (hash,) = proxy.call("generatetoaddress", 1, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
    try:
        topic, body, number = socket.recv_multipart()
        break
    except zmq.Again:
        pass
tell([topic.decode(), len(body), body.hex() in [proxy.call("getblockhash", h) for h in range(proxy.getblockcount() + 1)], len(number)])
(hash,) = proxy.call("generatetoaddress", 1, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")
topic, body, second = socket.recv_multipart()
tell([body.hex() == hash, struct.unpack("<I", second)[0] - struct.unpack("<I", number)[0]])
`,
    { ZMQ: `tcp://127.0.0.1:${reached.ports["zmq-28332"]}` },
  );
  expect(told).toEqual([
    ["hashblock", 32, true, 4],
    [true, 1],
  ]);
});
