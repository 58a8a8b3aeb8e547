import { BitcoinRPC } from "@btc-vision/bitcoin-rpc";
import { Subscriber } from "zeromq";
import { expect, test } from "vitest";
import { mutated, renamed } from "../core/mutated.testkit.ts";
import type { Mutation } from "../core/mutated.testkit.ts";
import { bitcoinMock } from "./bitcoin.ts";
import { ADDRESS, coreOf, REACH } from "./clients.testkit.ts";
import type { Call, Reached } from "./clients.testkit.ts";
import { blockOf } from "./pool.testkit.ts";

/** A change of the wire and a plain use of an unmodified client that must not survive it. */
interface Mutant extends Mutation {
  readonly name: string;
  readonly use: (call: Call, reached: Reached) => Promise<unknown>;
}

const template = (call: Call) => call("getblocktemplate", { rules: ["segwit"] });
const must = (truth: unknown) => {
  if (truth !== true) throw new Error(`not so: ${String(truth)}`);
};
const mine = async (call: Call) => must((await call("submitblock", blockOf(await template(call)))) === null);
/** A subscriber that never gets through is given up after this. */
const PATIENCE_MS = 1_000;
const hashblock = async (call: Call, { ports, mock }: Reached) => {
  const socket = new Subscriber({ receiveTimeout: PATIENCE_MS });
  try {
    socket.connect(`tcp://127.0.0.1:${ports["zmq-28332"]}`);
    socket.subscribe("hashblock");
    const startedMs = performance.now();
    while (!mock.journal.text().includes("zmq.subscribed") && performance.now() < startedMs + PATIENCE_MS)
      await new Promise((resolve) => setImmediate(resolve));
    const [hash] = await call("generatetoaddress", 1, ADDRESS);
    const [topic, body] = await socket.receive();
    must(String(topic) === "hashblock" && body!.toString("hex") === hash);
  } finally {
    socket.close();
  }
};

const MUTANTS: readonly Mutant[] = [
  { name: "result", body: renamed("result", "results"), use: (call) => call("getblockcount") },
  { name: "error", body: renamed("error", "errors"), use: (call) => call("getblockcount") },
  { name: "previousblockhash", body: renamed("previousblockhash", "previous"), use: mine },
  { name: "coinbasevalue", body: renamed("coinbasevalue", "value"), use: mine },
  { name: "bits", body: (text) => text.replace('"bits":"207fffff"', '"bits":"207ffffe"'), use: mine },
  { name: "height", body: (text) => text.replace(/"height":(\d+)/, '"height":9$1'), use: mine },
  {
    name: "default_witness_commitment",
    body: (text) => text.replace("aa21a9ed", "aa21a9ee"),
    use: mine,
  },
  {
    name: "transactions: data",
    body: (text) => text.replace(/"data":"02/, '"data":"03'),
    use: mine,
  },
  {
    name: "chain info, named parameters",
    body: renamed("result", "results"),
    use: async (_call, { port }) => {
      const vision = new BitcoinRPC();
      try {
        await vision.init({
          BITCOIND_HTTPS: false,
          BITCOIND_HOST: "127.0.0.1",
          BITCOIND_PORT: port,
          BITCOIND_USERNAME: "user",
          BITCOIND_PASSWORD: "password",
        } as Parameters<BitcoinRPC["init"]>[0]);
        must((await vision.getBestBlockHash()) !== null);
      } finally {
        vision.destroy();
      }
    },
  },
  { name: "ZMTP: mechanism", bytes: (bytes) => replaced(bytes, "NULL", "NOPE"), use: hashblock },
  { name: "ZMTP: socket type", bytes: (bytes) => replaced(bytes, "PUB", "REP"), use: hashblock },
  { name: "ZMQ: topic", bytes: (bytes) => replaced(bytes, "hashblock", "hashblack"), use: hashblock },
];

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1");
}

test.each(MUTANTS)("a client fails without $name", async (mutant) => {
  const settings = { mempool: "3", blocks: "3" };
  const whole = await REACH.standalone({ settings });
  await mutant.use(coreOf(whole), whole);
  await whole.close();
  const broken = await REACH.standalone({ settings, definition: mutated(bitcoinMock, mutant) });
  await expect(mutant.use(coreOf(broken), broken)).rejects.toThrow();
  await broken.close();
});
