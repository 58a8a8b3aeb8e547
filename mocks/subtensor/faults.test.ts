import type { ApiPromise } from "@polkadot/api";
import { expect, test } from "vitest";
import { block, call, eventually, polkadotJs, REACH, signer } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { SUBTENSOR_FAULTS } from "./faults.ts";
import type { SubtensorFault } from "./faults.ts";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/** One fault against one real client. */
interface Scene {
  readonly reached: Reached;
  readonly api: ApiPromise;
  put(params?: object, more?: object): void;
  end(): void;
}

const headOf = async ({ api }: Scene) => (await api.rpc.chain.getHeader()).number.toNumber();
const finalOf = async ({ api }: Scene) =>
  (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
// oxlint-disable-next-line typescript/no-explicit-any -- types would come from generated code
const graphOf = async ({ api }: Scene) =>
  (await (api.call as any).subnetInfoRuntimeApi.getMetagraph(46)).unwrap();
const commit = ({ api }: Scene) =>
  api.tx["commitments"]?.["setCommitment"]?.(46, { fields: [{ Raw2: "hi" }] });
const commitmentOf = async ({ api }: Scene, key: string) =>
  (await api.query["commitments"]?.["commitmentOf"]?.(46, key))?.toJSON();
const charlie = () => signer("//Charlie").address;

/** The states that a watched extrinsic goes through. */
async function watched(scene: Scene, uri = "//Alice"): Promise<string[]> {
  const seen: string[] = [];
  await commit(scene)?.signAndSend(signer(uri), ({ status }) => void seen.push(status.type));
  return seen;
}

/** What polkadot.js sees of every fault kind of the mock. */
const CASES: Readonly<Record<SubtensorFault, (scene: Scene) => Promise<void>>> = {
  "head.stall": async (scene) => {
    scene.put({}, { duration: "60s" });
    await block(scene.reached.mock, 4);
    expect([await headOf(scene), await finalOf(scene)]).toEqual([1_000, 1_000]);
    await block(scene.reached.mock, 2);
    expect(await headOf(scene)).toBe(1_002);
  },
  "finality.lag": async (scene) => {
    scene.put({ blocks: 5 });
    await block(scene.reached.mock, 8);
    expect([await headOf(scene), await finalOf(scene)]).toEqual([1_008, 1_003]);
  },
  "finality.stall": async (scene) => {
    scene.put();
    await block(scene.reached.mock, 5);
    expect([await headOf(scene), await finalOf(scene)]).toEqual([1_005, 998]);
    scene.end();
    await block(scene.reached.mock);
    expect(await finalOf(scene)).toBe(1_004);
  },
  reorg: async (scene) => {
    const seen = await watched(scene);
    await block(scene.reached.mock);
    await eventually(() => expect(seen.at(-1)).toBe("InBlock"));
    const before = (await scene.api.rpc.chain.getBlockHash(1_001)).toHex();
    scene.put({ depth: 1 }, { count: 1 });
    await block(scene.reached.mock);
    expect((await scene.api.rpc.chain.getBlockHash(1_001)).toHex()).not.toBe(before);
    await eventually(() => expect(seen).toEqual(["Ready", "InBlock", "Retracted", "InBlock"]));
    await block(scene.reached.mock, 2);
    await eventually(() => expect(seen.at(-1)).toBe("Finalized"));
  },
  "rpc.timeout": async (scene) => {
    scene.put({ ms: 30_000 }, { scope: { method: "system_name" } });
    let name = "";
    void scene.api.rpc.system.name().then((text) => (name = text.toString()));
    await scene.api.rpc.system.version();
    expect(name).toBe("");
    await block(scene.reached.mock, 3);
    await eventually(() => expect(name).toBe("Subtensor Node"));
  },
  "rpc.error": async (scene) => {
    scene.put({ code: -32_603, message: "Internal error" }, { when: { match: { path: "system_health" } } });
    await expect(scene.api.rpc.system.health()).rejects.toThrow("-32603: Internal error");
    expect((await scene.api.rpc.system.name()).toString()).toBe("Subtensor Node");
  },
  "ws.drop": async (scene) => {
    const connections: string[] = [];
    scene.api.on("disconnected", () => void connections.push("lost"));
    scene.api.on("connected", () => void connections.push("back"));
    scene.put({}, { count: 1 });
    scene.api.rpc.system.name().catch(() => {});
    await eventually(() => expect(connections).toEqual(["lost", "back"]));
  },
  "ws.halfOpen": async (scene) => {
    scene.put();
    let answered = false;
    scene.api.rpc.system.name().then(
      () => (answered = true),
      () => {},
    );
    await eventually(() => expect(scene.reached.mock.faults.list()[0]?.hits).toBe(1));
    scene.end();
    expect((await call(scene.reached.url, "system_name")).result).toBe("Subtensor Node");
    expect(answered).toBe(false);
  },
  "subscription.silent": async (scene) => {
    scene.put();
    const heads: number[] = [];
    // It resolves with the first head.
    void scene.api.rpc.chain.subscribeNewHeads(({ number }) => void heads.push(number.toNumber()));
    await headOf(scene);
    await block(scene.reached.mock, 3);
    expect(await headOf(scene)).toBe(1_003);
    expect(heads).toEqual([]);
    scene.end();
    await block(scene.reached.mock);
    await eventually(() => expect(heads).toEqual([1_004]));
  },
  stateDiscarded: async (scene) => {
    const hash = await scene.api.rpc.chain.getBlockHash(990);
    scene.put({ olderThan: 5 });
    await expect(scene.api.rpc.state.getStorage("0x00", hash)).rejects.toThrow("State already discarded for");
  },
  "specVersion.bump": async (scene) => {
    const { api, reached } = scene;
    scene.put({ by: 3, metadata: "changed" });
    await block(reached.mock);
    await eventually(() => expect(api.runtimeVersion.specVersion.toNumber()).toBe(428));
    await eventually(() => expect(api.query["subtensorModule"]?.["upgradeNotes"]).toBeDefined());
    scene.put({ by: 4, metadata: "withheld" });
    expect((await call(reached.url, "state_getMetadata")).error?.message).toMatch(
      "Failed to get runtime version",
    );
    // Once polkadot.js has heard of a version it can't get, it goes on with the old one.
    await block(reached.mock);
    await eventually(() => expect(reached.mock.journal.text()).toContain('"specVersion":429'));
  },
  txPool: async (scene) => {
    const refusals = { banned: "1012", alreadyImported: "1013", lowPriority: "1014", full: "1016" };
    for (const [how, code] of Object.entries(refusals)) {
      scene.put({ how });
      await expect(watched(scene)).rejects.toThrow(code);
    }
    const ends = { dropped: "Dropped", invalid: "Invalid", usurped: "Usurped", future: "Future" };
    for (const [how, end] of Object.entries(ends)) {
      scene.put({ how });
      const seen = await watched(scene);
      await eventually(() => expect(seen.at(-1)).toBe(end));
    }
  },
  "nonce.race": async (scene) => {
    scene.put();
    const next = async () => (await scene.api.rpc.system.accountNextIndex(ALICE)).toNumber();
    await watched(scene);
    expect(await next()).toBe(0);
    const tip = scene.api.tx["system"]?.["remark"]?.("0x00");
    await expect(tip?.signAndSend(signer("//Alice"), { nonce: await next() })).rejects.toThrow("1014");
    scene.end();
    expect(await next()).toBe(1);
  },
  rateLimit: async (scene) => {
    scene.put({ reqPerSec: 1 }, { scope: { method: "system_name" } });
    await scene.api.rpc.system.name();
    await expect(scene.api.rpc.system.name()).rejects.toThrow("-32999: Rate limit exceeded");
    await block(scene.reached.mock);
    await scene.api.rpc.system.name();
  },
  "metagraph.stale": async (scene) => {
    await block(scene.reached.mock, 3);
    scene.put({ blocks: 10 });
    expect((await graphOf(scene)).block.toNumber()).toBe(993);
    expect(await headOf(scene)).toBe(1_003);
  },
  "metagraph.flip": async (scene) => {
    scene.put({ what: "validator_permit" });
    await block(scene.reached.mock);
    expect((await graphOf(scene)).validatorPermit.toJSON().slice(0, 2)).toEqual([false, true]);
    scene.put({ what: "stake", by: -90_000 });
    await block(scene.reached.mock);
    expect((await graphOf(scene)).alphaStake[0].toBigInt()).toBe(10_000n * 10n ** 9n);
    scene.put({ what: "deregister" });
    await block(scene.reached.mock);
    expect((await graphOf(scene)).hotkeys[0].toString()).not.toBe(ALICE);
    expect((await scene.api.query["subtensorModule"]?.["uids"]?.(46, ALICE))?.isEmpty).toBe(true);
    scene.end();
    await block(scene.reached.mock);
    const after = await graphOf(scene);
    expect([after.hotkeys[0].toString(), after.alphaStake[0].toBigInt()]).toEqual([
      ALICE,
      100_000n * 10n ** 9n,
    ]);
  },
  "uid.reuse": async (scene) => {
    const before = (await graphOf(scene)).hotkeys.map(String);
    scene.put({ uid: 2, other: 3 });
    await block(scene.reached.mock);
    const after = (await graphOf(scene)).hotkeys.map(String);
    expect([after[2], after[3]]).toEqual([before[3], before[2]]);
  },
  commitment: async (scene) => {
    const now = await commitmentOf(scene, charlie());
    scene.put({ how: "missing" });
    await block(scene.reached.mock);
    expect(await commitmentOf(scene, charlie())).toBeNull();
    scene.put({ how: "old" });
    await block(scene.reached.mock);
    expect(await commitmentOf(scene, charlie())).toMatchObject({ block: 0 });
    scene.put({ how: "tooLong" });
    await block(scene.reached.mock);
    expect(JSON.stringify(await commitmentOf(scene, charlie())).length).toBeGreaterThan(1_000);
    scene.put({ how: "badUtf8" });
    await block(scene.reached.mock);
    expect(await commitmentOf(scene, charlie())).toMatchObject({
      info: { fields: [{ raw4: "0xc328fffe" }] },
    });
    scene.end();
    await block(scene.reached.mock);
    expect(await commitmentOf(scene, charlie())).toEqual(now);
  },
  wrongGenesis: async (scene) => {
    scene.put();
    const other = await polkadotJs(scene.reached.url);
    expect(other.genesisHash.toHex()).not.toBe(scene.api.genesisHash.toHex());
    const transfer = other.tx["balances"]?.["transferKeepAlive"]?.(ALICE, 1_000_000_000n);
    await expect(transfer?.signAndSend(signer("//Bob"))).rejects.toThrow("bad signature");
    await other.disconnect();
  },
  "ss58.prefix": async (scene) => {
    scene.put({ prefix: 13 });
    expect((await scene.api.rpc.system.properties()).ss58Format.unwrap().toNumber()).toBe(13);
  },
  partialBatch: async (scene) => {
    scene.put({ keep: 0.5 });
    const { subtensorModule = {} } = scene.api.query;
    const keys = [1, 46, 64, 0].map((netuid) => subtensorModule["tempo"]?.key(netuid) ?? "");
    const [set] = (await scene.api.rpc.state.queryStorageAt.raw(keys)) as unknown as { changes: unknown[] }[];
    expect(set?.changes).toHaveLength(2);
    const list = [1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "system_name", params: [] }));
    const response = await fetch(scene.reached.url.replace("ws", "http"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(list),
    });
    expect(await response.json()).toHaveLength(1);
  },
  bigEvents: async (scene) => {
    scene.put({ megabytes: 0.2 });
    const events = await scene.api.query["system"]?.["events"]?.();
    expect(events?.encodedLength).toBeGreaterThan(200_000);
  },
};

test.each(Object.keys(SUBTENSOR_FAULTS) as SubtensorFault[])("%s", async (kind) => {
  const reached = await REACH.standalone();
  const api = await polkadotJs(reached.url);
  try {
    await CASES[kind]({
      reached,
      api,
      put: (params = {}, more = {}) => void reached.mock.faults.put("fault", { kind, params, ...more }),
      end: () => void reached.mock.faults.delete("fault"),
    });
  } finally {
    await api.disconnect();
    await reached.close();
  }
});
