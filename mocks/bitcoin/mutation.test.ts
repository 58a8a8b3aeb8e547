import { BitcoinRPC } from "@btc-vision/bitcoin-rpc";
import { Subscriber } from "zeromq";
import { expect, test } from "vitest";
import type { HttpListener, MockResponse } from "../core/http.ts";
import type { MockDefinition } from "../core/mock.ts";
import type { TcpConnection } from "../core/tcp.ts";
import { bitcoinMock } from "./bitcoin.ts";
import { ADDRESS, coreOf, REACH } from "./clients.testkit.ts";
import type { Call, Reached } from "./clients.testkit.ts";
import { blockOf } from "./pool.testkit.ts";

/** A change of the wire and a plain use of an unmodified client that must not survive it. */
interface Mutant {
  readonly name: string;
  readonly http?: (text: string) => string;
  readonly tcp?: (bytes: Buffer) => Buffer;
  readonly use: (call: Call, reached: Reached) => Promise<unknown>;
}

const rename = (from: string, to: string) => (text: string) => text.replaceAll(`"${from}"`, `"${to}"`);
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
  { name: "result", http: rename("result", "results"), use: (call) => call("getblockcount") },
  { name: "error", http: rename("error", "errors"), use: (call) => call("getblockcount") },
  { name: "previousblockhash", http: rename("previousblockhash", "previous"), use: mine },
  { name: "coinbasevalue", http: rename("coinbasevalue", "value"), use: mine },
  { name: "bits", http: (text) => text.replace('"bits":"207fffff"', '"bits":"207ffffe"'), use: mine },
  { name: "height", http: (text) => text.replace(/"height":(\d+)/, '"height":9$1'), use: mine },
  {
    name: "default_witness_commitment",
    http: (text) => text.replace("aa21a9ed", "aa21a9ee"),
    use: mine,
  },
  {
    name: "transactions: data",
    http: (text) => text.replace(/"data":"02/, '"data":"03'),
    use: mine,
  },
  {
    name: "chain info, named parameters",
    http: rename("result", "results"),
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
  { name: "ZMTP: mechanism", tcp: (bytes) => replaced(bytes, "NULL", "NOPE"), use: hashblock },
  { name: "ZMTP: socket type", tcp: (bytes) => replaced(bytes, "PUB", "REP"), use: hashblock },
  { name: "ZMQ: topic", tcp: (bytes) => replaced(bytes, "hashblock", "hashblack"), use: hashblock },
];

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1");
}

test.each(MUTANTS)(
  "a client fails without $name",
  async ({ http = (text) => text, tcp = (bytes) => bytes, use }) => {
    const settings = { mempool: "3", blocks: "3" };
    const whole = await REACH.standalone({ settings });
    await use(coreOf(whole), whole);
    await whole.close();
    const broken = await REACH.standalone({ settings, definition: mutated(http, tcp) });
    await expect(use(coreOf(broken), broken)).rejects.toThrow();
    await broken.close();
  },
);

/** The mock with every body and every message changed. */
function mutated(http: (text: string) => string, tcp: (bytes: Buffer) => Buffer): MockDefinition {
  return {
    ...bitcoinMock,
    build(world) {
      const built = bitcoinMock.build(world);
      const listeners = built.listeners.map((listener) =>
        listener.kind === "http"
          ? { ...listener, answer: changed(listener, http) }
          : {
              ...listener,
              accept: (connection: TcpConnection) =>
                listener.accept({
                  ...connection,
                  send: (bytes) => connection.send(tcp(Buffer.from(bytes as Uint8Array))),
                }),
            },
      );
      return { ...built, listeners };
    },
  };
}

function changed(listener: HttpListener, change: (text: string) => string): HttpListener["answer"] {
  return async (request, exchange): Promise<MockResponse> => {
    const response = await listener.answer(request, exchange);
    return typeof response.body === "string" ? { ...response, body: change(response.body) } : response;
  };
}
