import { execa } from "execa";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pythonWith } from "../core/python.testkit.ts";
import { begin, lineClient, REACH, solve, submission } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { mine } from "./fleet.testkit.ts";

let reached: Reached;
beforeAll(async () => {
  reached = await REACH.standalone({ settings: { startDiff: "0.0000005" } });
});
afterAll(() => reached.close());

/** Assembles headers from the wire's words with classes of python-bitcoinlib, and says hash and header of each. */
const REHASH = `
import json, os, sys
from bitcoin.core import *
from bitcoin.core import Hash
for line in sys.stdin:
    extranonce1, job, (worker, job_id, extranonce2, time, nonce, bits) = json.loads(line)
    coinbase = CTransaction.deserialize(x(job[2] + extranonce1 + extranonce2 + job[3]))
    assert coinbase.is_coinbase(), "no coinbase"
    CheckTransaction(coinbase)
    root = coinbase.GetTxid()
    for hash in job[4]:
        root = Hash(root + x(hash))
    previous = b"".join(x(job[1])[at:at+4][::-1] for at in range(0, 32, 4))
    header = CBlockHeader(nVersion=int(job[5], 16) | int(bits, 16), hashPrevBlock=previous, hashMerkleRoot=root,
                          nTime=int(time, 16), nBits=int(job[6], 16), nNonce=int(nonce, 16))
    print(json.dumps([b2lx(header.GetHash()), sum(out.nValue for out in coinbase.vout)]))
`;

test("python-bitcoinlib: every share that is taken hashes to what it must, and every coinbase is one", async () => {
  const jobs = new Map<string, unknown[]>();
  const submitted = new Map<string, string[]>();
  const taken: string[] = [];
  let extranonce1 = "";
  reached.mock.faults.put("f", { kind: "vardiff.frozen" });
  await mine(
    reached.mock,
    1_500,
    { oracle: null, hashrate: 150_000, mask: "1fffe000", stepMs: 50 },
    {
      sent(_, line) {
        const { id, method, params } = JSON.parse(line);
        if (method === "mining.submit") submitted.set(id, params);
      },
      received(_, line) {
        const { id, method, params, result } = JSON.parse(line);
        if (id === 2) extranonce1 = result[1];
        if (method === "mining.notify") jobs.set(params[0], params);
        const share = submitted.get(id);
        if (share !== undefined && result === true)
          taken.push(JSON.stringify([extranonce1, jobs.get(share[1] ?? ""), share]));
      },
    },
  );
  const python = await pythonWith(["python-bitcoinlib==0.12.2"]);
  const { stdout } = await execa(python, ["-c", REHASH], { input: `${taken.join("\n")}\n` });
  const told = stdout.split("\n").map((line) => JSON.parse(line) as [string, number]);
  const noted = reached.mock.journal.entries().filter(({ kind }) => kind === "share.accepted");
  expect(told.map(([hash]) => hash)).toEqual(noted.map(({ fields }) => fields["hash"]));
  expect(told.length).toBeGreaterThan(50);
  const target = (0xffffn << 208n) * 2_000_000n;
  for (const [hash, paid] of told) {
    expect(BigInt(`0x${hash}`) <= target).toBe(true);
    expect(paid).toBeGreaterThan(5_000_000_000);
  }
});

test("bit-byte-block: its status verb reads the pool's, its proxy carries miners to it", async () => {
  const python = await pythonWith(["bit-byte-block==0.1.1"]);
  const status = await execa(python, ["-m", "bit_byte_block", "status"], {
    env: { BIT_BYTE_BLOCK_STATUS_URL: `http://127.0.0.1:${reached.statusPort}/pool/pool.status` },
  });
  expect(status.stdout).toMatch(/users=1 workers=0/);
  expect(status.stdout).toMatch(/hashrate: 1m=\d/);

  const port = await freePort();
  const proxy = execa(
    python,
    ["-m", "bit_byte_block", "proxy", "--bind-host", "127.0.0.1", "--bind-port", String(port)].concat([
      "--upstream-host",
      "127.0.0.1",
      "--upstream-port",
      String(reached.port),
    ]),
    { reject: false },
  );
  try {
    await expect.poll(() => reachable(port), { timeout: 60_000 }).toBe(true);
    const client = lineClient(port);
    const work = await begin(client, "proxied.1");
    client.send(submission(10, work, solve(work, { most: 1.4e-5 }), "proxied.1"));
    expect((await client.answer(10))["result"]).toBe(true);
    client.close();
  } finally {
    proxy.kill();
    await proxy;
  }
});

/** It was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
