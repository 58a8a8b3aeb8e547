import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { begin, lineClient, REACH, solve, submission } from "./clients.testkit.ts";
import type { LineClient, Reached, Told, WireWork } from "./clients.testkit.ts";
import { STRATUM_FAULTS } from "./faults.ts";

let reached: Reached;
let clients: LineClient[];
const tested = new Set<string>();

beforeEach(async () => {
  reached = await REACH.standalone();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await reached.close();
});

const open = () => {
  const client = lineClient(reached.port);
  clients.push(client);
  return client;
};
const put = (kind: keyof typeof STRATUM_FAULTS, params = {}, more = {}) => {
  tested.add(kind);
  reached.mock.faults.put("f", { kind, params, ...more });
};
const nextBlock = () => void reached.mock.built.act?.({ block: true });
const hits = () => reached.mock.faults.list()[0]?.hits ?? 0;
const ofMethod =
  (wanted: string) =>
  ({ method }: Told) =>
    method === wanted;
const notify = ofMethod("mining.notify");
const setDifficulty = ofMethod("mining.set_difficulty");
const shares = (work: WireWork) => {
  let at = 0;
  return () => solve(work, { most: 1.4e-5, extranonce2: String(++at).padStart(16, "0") });
};

test("extranonce.collision: two miners have one search space, and the second to find a share is a duplicate", async () => {
  put("extranonce.collision");
  const [one, two] = [open(), open()];
  const work = await begin(one);
  const same = await begin(two, "bob.1");
  expect([work.extranonce1, same.extranonce1]).toEqual(["c0111de0", "c0111de0"]);
  const share = solve(work, { most: 1.4e-5 });
  one.send(submission(10, work, share));
  expect((await one.answer(10))["result"]).toBe(true);
  two.send(submission(10, same, share, "bob.1"));
  expect((await two.answer(10))["error"]).toEqual([22, "Duplicate", null]);
});

describe("vardiff", () => {
  test("vardiff.thrash: up after one share, down after the next", async () => {
    const client = open();
    const work = await begin(client);
    const share = shares(work);
    put("vardiff.thrash", { factor: 4 });
    const heard: number[] = [];
    for (const id of [10, 11, 12, 13]) {
      client.send(submission(id, work, share()));
      heard.push((await client.next(setDifficulty))["params"][0]);
    }
    expect(heard).toEqual([0.000004, 0.000001, 0.000004, 0.000001]);
  });

  test("vardiff.spike: one share, and the next takes a thousand times the work", async () => {
    const client = open();
    const work = await begin(client);
    put("vardiff.spike", {}, { count: 1, scope: { worker: "alice.1" } });
    client.send(submission(10, work, solve(work, { most: 1.4e-5 })));
    expect((await client.next(setDifficulty))["params"]).toEqual([0.001]);
  });

  test.each([false, true])("vardiff.frozen (%s): 72 shares in no time change nothing", async (frozen) => {
    await reached.close();
    reached = await REACH.standalone({ settings: { startDiff: "0.0000001" } });
    const client = open();
    const work = await begin(client);
    const share = shares(work);
    if (frozen) put("vardiff.frozen");
    const batch = Array.from({ length: 80 }, (_, at) => submission(100 + at, work, share()));
    client.send(...batch);
    await client.answer(179);
    const said = client.heard.filter((line) => line.includes("set_difficulty"));
    // One when it began.
    expect(said.length).toBe(frozen ? 1 : 2);
    if (frozen) expect(hits()).toBeGreaterThan(0);
  });
});

describe("jobs", () => {
  test("notify.flood: so many jobs a second", async () => {
    const client = open();
    await begin(client);
    put("notify.flood", { perSec: 50 }, { duration: "2s" });
    await reached.mock.clock.advance(1_000);
    for (let heard = 0; heard < 50; heard++) await client.next(notify);
    await reached.mock.clock.advance(10_000);
    expect(hits()).toBeGreaterThanOrEqual(99);
    expect(hits()).toBeLessThanOrEqual(100);
  });

  test("notify.noCleanOnNewBlock: the miner is not told, and its old work is refused", async () => {
    const client = open();
    const work = await begin(client);
    put("notify.noCleanOnNewBlock");
    nextBlock();
    const { params } = await client.next(notify);
    expect([params[8], params[1] === work.params[1]]).toEqual([false, false]);
    client.send(submission(10, work, solve(work, { most: 1.4e-5 })));
    expect((await client.answer(10))["error"]).toEqual([21, "Stale", null]);
  });

  test("notify.oldPrevhash: the new job builds on the block before, and its shares are stale", async () => {
    const client = open();
    const work = await begin(client);
    put("notify.oldPrevhash", {}, { count: 1 });
    nextBlock();
    const { params } = await client.next(notify);
    expect([params[1], params[8]]).toEqual([work.params[1], true]);
    const late = { ...work, params };
    client.send(submission(10, late, solve(late, { most: 1.4e-5 })));
    expect((await client.answer(10))["error"]).toEqual([21, "Stale", null]);
  });

  test("set_difficulty.afterJob: the job comes first, at the beginning and when it changes", async () => {
    put("set_difficulty.afterJob");
    const client = open();
    client.send(
      { id: 1, method: "mining.subscribe", params: [] },
      { id: 2, method: "mining.authorize", params: ["alice.1", "x"] },
    );
    const { result } = await client.answer(1);
    const order = [await client.next(), await client.next()];
    expect(order.map(({ method }) => method)).toEqual(["mining.notify", "mining.set_difficulty"]);
    client.send({ id: 3, method: "mining.suggest_difficulty", params: [0.000008] });
    await client.answer(3);
    nextBlock();
    const { params } = await client.next();
    // The miner still goes by what it was told before the job.
    const work = { extranonce1: result[1], params, difficulty: 0.000001 };
    expect(await client.next()).toMatchObject({ method: "mining.set_difficulty", params: [0.000008] });
    client.send(submission(10, work, solve(work, { most: 0.000007 })));
    expect((await client.answer(10))["error"]).toEqual([23, "Above target", null]);
  });
});

describe("miners", () => {
  test("reconnect.storm: so many are sent away at once, once", async () => {
    const all = [open(), open(), open()];
    for (const [at, client] of all.entries()) await begin(client, `rig.${at}`);
    put("reconnect.storm", { clients: 2, host: "127.0.0.1", port: 3_334, waitSec: 5 });
    for (const client of all.slice(0, 2))
      expect(await client.next(ofMethod("client.reconnect"))).toMatchObject({
        params: ["127.0.0.1", 3_334, 5],
      });
    await reached.mock.clock.advance(30_000);
    for (const client of all) await client.next(notify);
    expect(all.map(({ heard }) => heard.filter((line) => line.includes("client.reconnect")).length)).toEqual([
      1, 1, 0,
    ]);
    expect(hits()).toBe(2);
  });

  test("reconnect.storm with drop: connections end", async () => {
    const client = open();
    await begin(client);
    put("reconnect.storm", { drop: true });
    await client.closed;
  });

  test("slowReader: an answer takes its time, in order", async () => {
    const client = open();
    put("slowReader", { ms: 2_000 });
    client.send({ id: 1, method: "mining.ping" }, { id: 2, method: "mining.ping" });
    while (hits() < 2) await new Promise((resolve) => setImmediate(resolve));
    await reached.mock.clock.advance(1_999);
    expect(client.heard).toEqual([]);
    await reached.mock.clock.advance(1);
    expect((await client.answer(1))["result"]).toBe("pong");
    expect(client.heard).toHaveLength(1);
    await reached.mock.clock.advance(2_000);
    expect((await client.answer(2))["result"]).toBe("pong");
  });
});

describe("verdicts", () => {
  test("duplicateShareEcho: taken, and then refused", async () => {
    const client = open();
    const work = await begin(client);
    put("duplicateShareEcho");
    client.send(submission(10, work, solve(work, { most: 1.4e-5 })));
    expect((await client.answer(10))["result"]).toBe(true);
    expect((await client.answer(10))["error"]).toEqual([22, "Duplicate", null]);
    expect(reached.mock.built.state()).toMatchObject({ accepted: 1 });
  });

  test("rejectAll: nothing is good enough, for the workers in its scope", async () => {
    const [one, two] = [open(), open()];
    const work = await begin(one);
    const others = await begin(two, "bob.1");
    put("rejectAll", { code: 20, reason: "Maintenance" }, { scope: { worker: "alice.1" } });
    one.send(submission(10, work, solve(work, { most: 1.4e-5 })));
    expect((await one.answer(10))["error"]).toEqual([20, "Maintenance", null]);
    two.send(submission(10, others, solve(others, { most: 1.4e-5 }), "bob.1"));
    expect((await two.answer(10))["result"]).toBe(true);
  });
});

test("a wire fault: the job is cut in the middle", async () => {
  reached.mock.faults.put("f", { kind: "tcp.fin", params: { afterBytes: 40 }, when: { afterRequests: 2 } });
  const client = open();
  client.send({ id: 1, method: "mining.subscribe", params: [] });
  await client.closed;
  expect(client.heard.map((line) => JSON.parse(line).method ?? "answer")).toEqual([
    "answer",
    "mining.set_difficulty",
  ]);
});

test("every fault kind is met above", () => {
  expect([...tested].toSorted()).toEqual(Object.keys(STRATUM_FAULTS).toSorted());
});
