import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  backwards,
  begin,
  lineClient,
  npmClient,
  REACH,
  rehash,
  solve,
  submission,
  workOfNpm,
} from "./clients.testkit.ts";
import type { LineClient, Reached } from "./clients.testkit.ts";

/** What the unmodified client says of one session: subscribed, authorised, one good share, the same again. */
async function oneShare(port: number) {
  const told: Record<string, unknown> = {};
  let client: ReturnType<typeof npmClient> | null = null;
  try {
    await new Promise<void>((resolve, reject) => {
      let submit = () => {};
      client = npmClient({
        port,
        onError: reject,
        onSubscribe: (it: unknown) => void (told["subscribed"] = it),
        onAuthorizeSuccess: () => submit(),
        onAuthorizeFail: reject,
        onNewDifficulty: (it: unknown) => void (told["difficulty"] = it),
        onNewMiningWork: (it: Record<string, unknown>) => {
          const work = workOfNpm(it);
          const share = solve(work, { most: 1.4e-5 });
          told["share"] = rehash(work, share);
          submit = () =>
            client?.submit({
              worker_name: "alice.1",
              job_id: String(work.params[0]),
              extranonce2: share.extranonce2,
              ntime: share.time,
              nonce: share.nonce,
            });
        },
        onSubmitWorkSuccess: () => {
          told["taken"] = true;
          submit();
        },
        onSubmitWorkFail: (error: unknown) => {
          told["again"] = error;
          resolve();
        },
      });
    });
    return told;
  } finally {
    (client as { shutdown(): void } | null)?.shutdown();
  }
}

describe.each(Object.keys(REACH) as (keyof typeof REACH)[])("stratum-client of npm, %s", (mount) => {
  test("subscribes, is authorised, finds a share that is taken once", async () => {
    const reached = await REACH[mount]();
    try {
      expect(await oneShare(reached.port)).toMatchObject({
        subscribed: { extraNonce1: expect.stringMatching(/^[0-9a-f]{8}$/), extraNonce2Size: 8 },
        difficulty: 0.000001,
        taken: true,
        again: [22, "Duplicate", null],
      });
      expect(reached.mock.built.state()).toMatchObject({ accepted: 1, refused: { Duplicate: 1 } });
    } finally {
      await reached.close();
    }
  });
});

describe("the wire, as pools speak it", () => {
  let reached: Reached;
  let client: LineClient;
  const open = async (settings: Record<string, string> = {}) => {
    reached = await REACH.standalone({ settings });
    client = lineClient(reached.port);
  };
  beforeEach(() => open());
  afterEach(async () => {
    client.close();
    await reached.close();
  });

  test("subscribe and configure, byte for byte", async () => {
    client.send(
      '{"id":1,"method":"mining.subscribe","params":["cpuminer/2.5.1"]}',
      '{"id":2,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"1fffe000","version-rolling.min-bit-count":2}]}',
    );
    await client.next(({ method }) => method === "mining.set_version_mask");
    const [subscribed = "", difficulty, notify = "", configured, mask] = client.heard;
    const [, session = "", extranonce1 = ""] =
      /^\{"id":1,"result":\[\[\["mining.notify","([0-9a-f]{8})"\]\],"([0-9a-f]{8})",8\],"error":null\}$/.exec(
        subscribed,
      ) ?? [];
    expect(session.match(/../g)?.toReversed().join("")).toBe(extranonce1);
    expect(difficulty).toBe('{"id":null,"method":"mining.set_difficulty","params":[0.000001]}');
    expect(notify).toMatch(
      /^\{"id":null,"method":"mining.notify","params":\["[0-9a-f]{16}","[0-9a-f]{64}","[0-9a-f]+","[0-9a-f]+",\["[0-9a-f]{64}"(,"[0-9a-f]{64}")*\],"20000000","1f00ffff","[0-9a-f]{8}",true\]\}$/,
    );
    expect(configured).toBe(
      '{"id":2,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}',
    );
    expect(mask).toBe('{"id":null,"method":"mining.set_version_mask","params":["1fffe000"]}');
  });

  test.each([
    ["codes", '{"result":false,"error":[23,"Above target",null],"id":100}'],
    ["reason", '{"reject-reason":"Above target","result":false,"error":null,"id":100}'],
  ])("both dialects of refusal: %s", async (dialect, line) => {
    client.close();
    await reached.close();
    await open({ dialect });
    const work = await begin(client);
    client.send(submission(100, work, solve(work, { least: 0, most: 0.0000005 })));
    await client.answer(100);
    expect(client.heard.at(-1)).toBe(line);
    client.send(submission(101, work, solve(work, { most: 1.4e-5 })));
    await client.answer(101);
    expect(client.heard.at(-1)).toBe('{"result":true,"error":null,"id":101}');
  });

  test("every reason to refuse a share, with its number", async () => {
    client.send({ id: 5, method: "mining.submit", params: ["alice.1", "1", "00", "00000000", "00000000"] });
    expect((await client.answer(5))["error"]).toEqual([25, "Not subscribed", null]);
    const work = await begin(client);
    const good = solve(work, { most: 1.4e-5 });
    const time = (seconds: number) => (Number.parseInt(good.time, 16) + seconds).toString(16);
    const cases: [object, number, string][] = [
      [submission(10, work, good, "bob.1"), 24, "Unauthorized worker"],
      [submission(11, { ...work, params: ["ffff", ...work.params.slice(1)] }, good), 21, "Invalid JobID"],
      [submission(12, work, { ...good, extranonce2: "00" }), 20, "Invalid nonce2 length"],
      [submission(13, work, { ...good, time: time(-1) }), 20, "Ntime out of range"],
      [submission(14, work, { ...good, time: time(7_001) }), 20, "Ntime out of range"],
      [submission(15, work, { ...good, versionBits: "00002000" }), 20, "Invalid version mask"],
      [{ id: 16, method: "mining.submit", params: ["alice.1", 7] }, 20, "Invalid parameters"],
    ];
    for (const [message, code, reason] of cases) {
      client.send(message);
      expect((await client.next(({ result }) => result === false))["error"]).toEqual([code, reason, null]);
    }
    reached.mock.built.act?.({ block: true });
    client.send(submission(20, work, good));
    expect((await client.answer(20))["error"]).toEqual([21, "Stale", null]);
  });

  test("rolled version bits are hashed with the share", async () => {
    client.send({ id: 3, method: "mining.configure", params: [["version-rolling"], {}] });
    await client.answer(3);
    const work = await begin(client);
    const share = solve(work, { most: 1.4e-5, versionBits: "00c0a000" });
    client.send(submission(10, work, share));
    expect((await client.answer(10))["result"]).toBe(true);
    client.send(submission(11, work, { ...share, versionBits: "20000001" }));
    expect((await client.answer(11))["error"][1]).toBe("Invalid version mask");
    expect(await (await fetch(`http://127.0.0.1:${reached.statusPort}/metrics`)).text()).toContain(
      "ckpool_asicboost_miners_total 1",
    );
  });

  test("a share that solves a block moves everybody to the next", async () => {
    const other = lineClient(reached.port);
    await begin(other, "bob.1");
    const work = await begin(client);
    const share = solve(work, { least: 1.6e-5 });
    client.send(submission(10, work, share));
    expect((await client.answer(10))["result"]).toBe(true);
    const { params } = await other.next(({ method }) => method === "mining.notify");
    const { hash } = rehash(work, share);
    expect([backwards(Buffer.from(params[1], "hex").swap32()), params[8]]).toEqual([hash, true]);
    expect(reached.mock.built.state()).toMatchObject({
      height: 1,
      tip: hash,
      found: [{ height: 1, hash, worker: "alice.1", outcome: "accepted" }],
    });
    other.close();
  });

  test("a difficulty that a miner asks for holds from the next job on", async () => {
    const work = await begin(client);
    client.send({ id: 9, method: "mining.suggest_difficulty", params: [0.000004] });
    expect((await client.next(({ method }) => method === "mining.set_difficulty"))["params"]).toEqual([
      0.000004,
    ]);
    client.send(submission(10, work, solve(work, { most: 0.000003 })));
    expect((await client.answer(10))["result"]).toBe(true);
    await reached.mock.clock.advance(30_000);
    const { params } = await client.next(({ method }) => method === "mining.notify");
    expect(params[8]).toBe(false);
    const next = { ...work, params };
    client.send(submission(11, next, solve(next, { most: 0.000003 })));
    expect((await client.answer(11))["error"]).toEqual([23, "Above target", null]);
  });

  test("a miner that comes back has its extranonce again", async () => {
    client.send({ id: 1, method: "mining.subscribe", params: ["test/1"] });
    const [[[, session]], extranonce1] = (await client.answer(1))["result"];
    client.close();
    while ((reached.mock.built.state() as { clients: number }).clients > 0)
      await new Promise((resolve) => setImmediate(resolve));
    client = lineClient(reached.port);
    client.send({ id: 1, method: "mining.subscribe", params: ["test/1", session] });
    expect((await client.answer(1))["result"][1]).toBe(extranonce1);
    const other = lineClient(reached.port);
    other.send({ id: 1, method: "mining.subscribe", params: ["test/1", session] });
    expect((await other.answer(1))["result"][1]).not.toBe(extranonce1);
    other.close();
  });

  test("unknown methods, bad names, garbage and endless lines", async () => {
    client.send({ id: 7, method: "mining.get_transactions", params: ["1"] });
    expect(await client.answer(7)).toEqual({ id: 7, result: null, error: [-3, "Method not found", null] });
    expect(reached.mock.journal.unmodelled()).toBe(1);
    client.send({ id: 8, method: "mining.ping", params: [] });
    expect((await client.answer(8))["result"]).toBe("pong");
    reached.mock.built.act?.({ message: "hello" });
    expect(await client.next()).toEqual({ id: null, method: "client.show_message", params: ["hello"] });
    for (const garbage of ["[1]", "{", "null", '"x"', `${"[".repeat(500)}`]) {
      const rude = lineClient(reached.port);
      rude.send(garbage);
      await rude.closed;
      expect(rude.heard).toEqual(["Invalid JSON, disconnecting"]);
    }
    const endless = lineClient(reached.port);
    endless.send("x".repeat(131_072));
    await endless.closed;
    expect(endless.heard).toEqual([]);
    // The pool lives on.
    client.send({ id: 9, method: "mining.ping", params: [] });
    expect((await client.answer(9))["result"]).toBe("pong");
  });

  test("usernames=address: only an address of the network is let in; the pool can be full", async () => {
    client.close();
    await reached.close();
    await open({ usernames: "address", maxClients: "1" });
    client.send(
      { id: 1, method: "mining.authorize", params: ["nobody.1", "x"] },
      {
        id: 2,
        method: "mining.authorize",
        params: ["bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080.rig", "diff=0.00001"],
      },
    );
    expect([(await client.answer(1))["result"], (await client.answer(2))["result"]]).toEqual([false, true]);
    expect((await client.next())["params"]).toEqual([0.00001]);
    await lineClient(reached.port).closed;
  });
});
