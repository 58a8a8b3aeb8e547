import type { ApiPromise } from "@polkadot/api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { devKeypair, sign } from "../core/signing/sr25519.ts";
import { block, call, eventually, papi, polkadotJs, REACH, signer } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

describe.each(["standalone", "socket interceptor"] as const)("@polkadot/api, %s", (mount) => {
  let reached: Reached;
  let api: ApiPromise;
  beforeAll(async () => {
    reached = await REACH[mount]();
    api = await polkadotJs(reached.url);
  });
  afterAll(async () => {
    await api.disconnect();
    await reached.close();
  });

  test("knows the chain", async () => {
    expect(api.runtimeVersion.specVersion.toNumber()).toBe(425);
    expect(api.registry.chainSS58).toBe(42);
    expect(api.registry.chainTokens).toEqual(["TAO"]);
    expect(api.genesisHash.toHex()).toBe((await api.rpc.chain.getBlockHash(0)).toHex());
  });

  test("heads come every 12 seconds, with hashes that the client works out itself; finality two behind", async () => {
    const heads: [number, string][] = [];
    const final: number[] = [];
    const stop = await api.rpc.chain.subscribeNewHeads(({ number, hash }) => {
      heads.push([number.toNumber(), hash.toHex()]);
    });
    const stopFinal = await api.rpc.chain.subscribeFinalizedHeads(
      ({ number }) => void final.push(number.toNumber()),
    );
    const first = (await eventually(() => expect(heads.length).toBe(1)), heads[0]?.[0] ?? 0);
    for (let at = 0; at < 3; at++) {
      await block(reached.mock);
      await eventually(() => expect(heads.length).toBe(at + 2));
    }
    expect(heads.map(([number]) => number)).toEqual([first, first + 1, first + 2, first + 3]);
    for (const [number, hash] of heads) expect((await api.rpc.chain.getBlockHash(number)).toHex()).toBe(hash);
    await eventually(() => expect(final.at(-1)).toBe(first + 1));
    stop();
    stopFinal();
  });

  test("storage: a value, a map, another block, what is not there", async () => {
    const { subtensorModule = {}, commitments = {}, timestamp = {} } = api.query;
    expect((await subtensorModule["uids"]?.(46, ALICE))?.toHuman()).toBe("0");
    expect((await subtensorModule["uids"]?.(46, signer("//Nobody").address))?.isEmpty).toBe(true);
    expect((await subtensorModule["tempo"]?.(46))?.toString()).toBe("360");
    const keys = await subtensorModule["keys"]?.entries(46);
    expect(keys?.length).toBe(16);
    expect((await commitments["commitmentOf"]?.entries(46))?.length).toBe(7);
    const hash = await api.rpc.chain.getBlockHash(990);
    const then = await (await api.at(hash)).query["timestamp"]?.["now"]?.();
    expect(
      Number((await timestamp["now"]?.())?.toString()) - Number(then?.toString()),
    ).toBeGreaterThanOrEqual(120_000);
  });

  test("runtime calls: the metagraph, a selection of it, the neurons", async () => {
    // oxlint-disable-next-line typescript/no-explicit-any -- types would come from generated code
    const { subnetInfoRuntimeApi: subnets, neuronInfoRuntimeApi: neurons } = api.call as any;
    const graph = (await subnets.getMetagraph(46)).unwrap();
    expect(graph.hotkeys[0].toString()).toBe(ALICE);
    expect(graph.validatorPermit.toJSON().slice(0, 3)).toEqual([true, true, false]);
    expect(graph.alphaStake[0].toBigInt()).toBe(100_000n * 10n ** 9n);
    expect((await subnets.getMetagraph(9)).isNone).toBe(true);
    // 52 hotkeys, 57 permits, 72 validators, 73 commitments.
    const chosen = (await subnets.getSelectiveMetagraph(46, [52, 57, 72, 73])).unwrap();
    expect(chosen.hotkeys.unwrap().length).toBe(16);
    expect(chosen.validators.unwrap().toJSON()).toEqual([0, 1]);
    expect(chosen.commitments.unwrap().length).toBe(7);
    expect(chosen.coldkeys.isNone).toBe(true);
    expect((await neurons.getNeuronsLite(46)).length).toBe(16);
    expect((await neurons.getNeuron(46, 1)).unwrap().hotkey.toString()).toBe(BOB);
  });

  test("an extrinsic is checked, included and final; its events say what came of it", async () => {
    const seen: string[] = [];
    const events: string[] = [];
    const alice = signer("//Alice");
    await api.tx["commitments"]
      ?.["setCommitment"]?.(46, { fields: [{ Raw5: "hello" }] })
      .signAndSend(alice, (result) => {
        seen.push(result.status.type);
        if (result.status.isInBlock)
          events.push(...result.events.map(({ event: { section, method } }) => `${section}.${method}`));
      });
    await eventually(() => expect(seen).toEqual(["Ready"]));
    await block(reached.mock);
    await eventually(() => expect(seen).toEqual(["Ready", "InBlock"]));
    await block(reached.mock, 2);
    await eventually(() => expect(seen).toEqual(["Ready", "InBlock", "Finalized"]));
    expect(events).toEqual(["commitments.Commitment", "system.ExtrinsicSuccess"]);
    const stored = (await api.query["commitments"]?.["commitmentOf"]?.(46, ALICE))?.toJSON();
    expect(stored).toMatchObject({ info: { fields: [{ raw5: "0x68656c6c6f" }] } });
  });

  test("a call that fails says which error; the fee is spent", async () => {
    const failures: string[] = [];
    const stranger = signer("//Alice-cold");
    await api.tx["commitments"]
      ?.["setCommitment"]?.(46, { fields: [] })
      .signAndSend(stranger, ({ dispatchError }) => {
        if (dispatchError?.isModule) failures.push(api.registry.findMetaError(dispatchError.asModule).name);
      });
    await block(reached.mock);
    await eventually(() => expect(failures[0]).toBe("AccountNotAllowedCommit"));
  });

  test("a signature of another key, an old nonce and an empty purse are refused", async () => {
    const transfer = api.tx["balances"]?.["transferKeepAlive"]?.(BOB, 10n ** 9n);
    const signed = await transfer?.signAsync(signer("//Bob"));
    const hex = signed?.toHex() ?? "";
    // The signer's account is replaced by Alice's.
    const forged = hex.replace(
      Buffer.from(signer("//Bob").publicKey).toString("hex"),
      Buffer.from(signer("//Alice").publicKey).toString("hex"),
    );
    await expect(api.rpc.author.submitExtrinsic(forged)).rejects.toThrow(
      "1010: Invalid Transaction: Transaction has a bad signature",
    );
    await expect(transfer?.signAndSend(signer("//Nobody"))).rejects.toThrow("Inability to pay some fees");
    const alice = signer("//Alice");
    await expect(transfer?.signAndSend(alice, { nonce: 0 })).rejects.toThrow(
      "1010: Invalid Transaction: Transaction is outdated",
    );
  });

  test("state older than 256 blocks is gone", async () => {
    const hash = await api.rpc.chain.getBlockHash(600);
    await expect(api.rpc.state.getRuntimeVersion(hash)).rejects.toThrow("State already discarded for 0x");
  });
});

describe("polkadot-api", () => {
  test.each(["standalone", "socket interceptor"] as const)("reads and signs, %s", async (mount) => {
    const reached = await REACH[mount]({ mode: { kind: "run", scale: 60 } });
    const client = papi(reached.url);
    const api = client.getUnsafeApi();
    expect((await client.getFinalizedBlock()).number).toBeGreaterThanOrEqual(998);
    expect(await api.query["SubtensorModule"]?.["Uids"]?.getValue(46, BOB)).toBe(1);
    const graph = await api.apis["SubnetInfoRuntimeApi"]?.["get_metagraph"]?.(46);
    expect(graph).toMatchObject({ netuid: 46, num_uids: 16 });
    const alice = devKeypair("Alice");
    const polkadotSigner = getPolkadotSigner(alice.publicKey, "Sr25519", (bytes) =>
      Buffer.from(sign(bytes, alice), "hex"),
    );
    const transfer = api.tx["Balances"]?.["transfer_keep_alive"]?.({
      dest: { type: "Id", value: BOB },
      value: 10n ** 9n,
    });
    const told: string[] = [];
    transfer?.signSubmitAndWatch(polkadotSigner).subscribe(({ type }) => void told.push(type));
    await eventually(() => expect(told.at(-1)).toBe("finalized"));
    expect(told).toContain("txBestBlocksState");
    client.destroy();
    await reached.close();
  });
});

test("what is not modelled gets the protocol's own error and is noted", async () => {
  const { mock, url, close } = await REACH.standalone();
  expect((await call(url, "childstate_getKeys")).error).toEqual({
    code: -32_601,
    message: "Method not found",
  });
  expect((await call(url, "state_call", ["EthereumRuntimeRPCApi_chain_id", "0x"])).error?.message).toContain(
    "is not found",
  );
  expect(mock.journal.text().match(/"unmodelled"/g)?.length).toBe(2);
  await close();
});
