import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Subscriber } from "zeromq";
import { ADDRESS, coreOf, REACH } from "../clients.testkit.ts";
import type { Call, Reached } from "../clients.testkit.ts";
import { createSubscriberParser, greeting, message } from "./zmtp.ts";

/** What libzmq heard: topic, body in hex, number. */
interface Heard {
  readonly topic: string;
  readonly body: string;
  readonly number: number;
}

let reached: Reached;
let call: Call;
let sockets: Subscriber[];
beforeEach(async () => {
  reached = await REACH.standalone({
    mode: { kind: "run", scale: 1 },
    settings: { blocks: "3", mempool: "2" },
  });
  call = coreOf(reached);
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.close();
  await reached.close();
});

/** A real subscriber whose subscriptions the mock has noted. */
async function subscribed(port: number, ...topics: string[]): Promise<Subscriber> {
  const socket = new Subscriber({ receiveTimeout: 10_000 });
  sockets.push(socket);
  socket.connect(`tcp://127.0.0.1:${reached.ports[`zmq-${port}`]}`);
  socket.subscribe(...topics);
  const noted = () => reached.mock.journal.text().split('"kind":"zmq.subscribed"').length - 1;
  const wanted = noted() + topics.length;
  while (noted() < wanted) await new Promise((resolve) => setImmediate(resolve));
  return socket;
}

async function hear(socket: Subscriber, count: number): Promise<Heard[]> {
  const all: Heard[] = [];
  while (all.length < count) {
    const [topic, body, number] = await socket.receive();
    all.push({ topic: String(topic), body: body!.toString("hex"), number: number!.readUInt32LE() });
  }
  return all;
}

describe("the real zeromq subscriber", () => {
  test("every new tip on hashblock, in the order in which people read hashes, counted from 0", async () => {
    const socket = await subscribed(28_332, "hashblock");
    const hashes: string[] = await call("generatetoaddress", 3, ADDRESS);
    expect(await hear(socket, 3)).toEqual(
      hashes.map((body, number) => ({ topic: "hashblock", body, number })),
    );
  });

  test("whole blocks and transactions, larger than a short frame", async () => {
    const blocks = await subscribed(28_332, "rawblock");
    const transactions = await subscribed(28_333, "rawtx");
    const [hash] = await call("generatetoaddress", 1, ADDRESS);
    expect((await hear(blocks, 1))[0]?.body).toBe(await call("getblock", hash, 0));
    const block = await call("getblock", hash, 2);
    // Those of the block, then those that fill the mempool again.
    const heard = (await hear(transactions, 5)).map(({ body }) => body);
    expect(heard.slice(0, 3)).toEqual(block.tx.map(({ hex }: { hex: string }) => hex));
    const waiting = await Promise.all(
      (await call("getrawmempool")).map((txid: string) => call("getrawtransaction", txid)),
    );
    expect(heard.slice(3)).toEqual(waiting);
  });

  test("sequence: blocks that join and leave, transactions that come", async () => {
    const socket = await subscribed(28_332, "sequence");
    const [hash] = await call("generatetoaddress", 1, ADDRESS);
    const label = (body: string) => Buffer.from(body.slice(64, 66), "hex").toString();
    const joined = await hear(socket, 3);
    expect(joined.map(({ body }) => label(body))).toEqual(["C", "A", "A"]);
    expect(joined[0]?.body.slice(0, 64)).toBe(hash);
    await call("invalidateblock", hash);
    const back = await hear(socket, 3);
    expect(back.map(({ body }) => label(body))).toContain("D");
  });

  test("a change's number, from 1, is less than getrawmempool's while the list has it, and each has its own", async () => {
    await reached.close();
    reached = await REACH.standalone({ mode: { kind: "frozen" }, settings: { blocks: "3" } });
    call = coreOf(reached);
    const next = async () => (await call("getrawmempool", false, true)).mempool_sequence;
    expect(await next()).toBe(1);
    const socket = await subscribed(28_332, "sequence");
    reached.mock.faults.put("f", { kind: "gbt.hugeMempool", params: { txs: 3 } });
    await call("getblocktemplate", { rules: ["segwit"] });
    const numbers = (await hear(socket, 3)).map(({ body }) =>
      Number(Buffer.from(body.slice(66), "hex").readBigUInt64LE()),
    );
    expect(numbers).toEqual([1, 2, 3]);
    expect(await next()).toBe(4);
  });

  test("an invalidated block is no new tip: hashblock is silent", async () => {
    const socket = await subscribed(28_332, "hashblock");
    const [hash] = await call("generatetoaddress", 1, ADDRESS);
    await call("invalidateblock", hash);
    await call("reconsiderblock", hash);
    expect((await hear(socket, 2)).map(({ body }) => body)).toEqual([hash, hash]);
  });

  test("a subscriber that has cancelled hears no more of it", async () => {
    const socket = await subscribed(28_332, "hashblock", "sequence");
    socket.unsubscribe("hashblock");
    // A subscription after it: when this is noted, the cancelling has been heard too.
    socket.subscribe("rawblock");
    while (!reached.mock.journal.text().includes('"topic":"rawblock"'))
      await new Promise((resolve) => setImmediate(resolve));
    await call("generatetoaddress", 1, ADDRESS);
    expect(new Set((await hear(socket, 4)).map(({ topic }) => topic))).toEqual(
      new Set(["sequence", "rawblock"]),
    );
  });

  test("blocks of others arrive by themselves while somebody listens", async () => {
    await reached.close();
    reached = await REACH.standalone({
      mode: { kind: "frozen" },
      settings: { blockEvery: "10m", blocks: "1" },
    });
    const socket = await subscribed(28_332, "hashblock");
    await reached.mock.clock.advance(6 * 3_600_000);
    const heard = await hear(socket, 10);
    expect(heard.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await coreOf(reached)("getblockcount")).toBeGreaterThan(20);
  });
});

describe("faults", () => {
  const put = (kind: string, params = {}, more = {}) =>
    void reached.mock.faults.put("f", { kind, params, ...more });
  const numbers = (heard: readonly Heard[]) => heard.map(({ number }) => number);

  test("zmq.drop: a message is missing, and so is its number", async () => {
    const socket = await subscribed(28_332, "hashblock");
    put("zmq.drop", {}, { count: 1, when: { afterRequests: 1 }, scope: { topic: "hashblock" } });
    const hashes: string[] = await call("generatetoaddress", 3, ADDRESS);
    const heard = await hear(socket, 2);
    expect([numbers(heard), heard[1]?.body]).toEqual([[0, 2], hashes[2]]);
  });

  test("zmq.gap: numbers are missing, and no message", async () => {
    const socket = await subscribed(28_332, "hashblock");
    put("zmq.gap", { count: 5 }, { count: 1, when: { afterRequests: 1 }, scope: { topic: "hashblock" } });
    const hashes: string[] = await call("generatetoaddress", 3, ADDRESS);
    const heard = await hear(socket, 3);
    expect([numbers(heard), heard.map(({ body }) => body)]).toEqual([[0, 6, 7], hashes]);
  });

  test("zmq.dup: a message comes twice", async () => {
    const socket = await subscribed(28_332, "hashblock");
    put("zmq.dup", {}, { count: 1, scope: { topic: "hashblock" } });
    await call("generatetoaddress", 2, ADDRESS);
    expect(numbers(await hear(socket, 3))).toEqual([0, 0, 1]);
  });

  test("zmq.late: a message comes after the next", async () => {
    await reached.close();
    reached = await REACH.standalone({ mode: { kind: "frozen" }, settings: { blocks: "1" } });
    call = coreOf(reached);
    const socket = await subscribed(28_332, "hashblock");
    put("zmq.late", { sec: 30 }, { count: 1, scope: { topic: "hashblock" } });
    await call("generatetoaddress", 2, ADDRESS);
    expect(numbers(await hear(socket, 1))).toEqual([1]);
    await reached.mock.clock.advance(30_000);
    expect(numbers(await hear(socket, 1))).toEqual([0]);
  });

  test("a wire fault: the connection is reset, and the subscriber comes back", async () => {
    const socket = await subscribed(28_332, "hashblock");
    put("tcp.rst", { afterBytes: 20 }, { count: 1, scope: { listener: "zmq-28332" } });
    // libzmq subscribes anew only while somebody receives.
    const hearing = hear(socket, 1);
    await call("generatetoaddress", 1, ADDRESS);
    while (reached.mock.journal.text().split('"kind":"zmq.subscribed"').length < 3)
      await new Promise((resolve) => setImmediate(resolve));
    const [hash] = await call("generatetoaddress", 1, ADDRESS);
    expect((await hearing)[0]).toMatchObject({ body: hash, number: 1 });
  });
});

describe("what is no subscriber of ZMTP 3", () => {
  const peer = (change: (bytes: Buffer) => void) => {
    const bytes = greeting();
    change(bytes);
    return createSubscriberParser()(bytes);
  };
  test("is told apart at once", () => {
    expect(peer(() => {})).toEqual([{ kind: "greeting" }]);
    expect(peer((bytes) => void (bytes[0] = 0x47))).toEqual([{ kind: "wrong" }]);
    expect(peer((bytes) => void (bytes[10] = 2))).toEqual([{ kind: "wrong" }]);
    expect(peer((bytes) => void bytes.write("PLAIN", 12))).toEqual([{ kind: "wrong" }]);
    const parse = createSubscriberParser();
    parse(greeting());
    expect(parse(Buffer.from("0200000000ffffffff", "hex"))).toEqual([{ kind: "wrong" }]);
  });

  test("bytes that come one by one mean the same", () => {
    const parse = createSubscriberParser();
    const bytes = Array.from(Buffer.concat([greeting(), message([Buffer.from("\x01hash")])]));
    const heard = bytes.flatMap((byte) => parse(Buffer.of(byte)));
    expect(heard).toEqual([{ kind: "greeting" }, { kind: "subscribe", prefix: Buffer.from("hash") }]);
  });
});
