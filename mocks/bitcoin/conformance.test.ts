import { BitcoinRPC } from "@btc-vision/bitcoin-rpc";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADDRESS, coreOf, errorOf, REACH } from "./clients.testkit.ts";
import type { Call, Reached } from "./clients.testkit.ts";
import { blockOf } from "./pool.testkit.ts";

const HASH = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string;

describe.each(["standalone", "socket interceptor"] as const)("unmodified clients, %s", (mount) => {
  let reached: Reached;
  let call: Call;
  let vision: BitcoinRPC;
  beforeAll(async () => {
    reached = await REACH[mount]({ settings: { mempool: "12", blocks: "5" } });
    call = coreOf(reached);
    vision = new BitcoinRPC();
    await vision.init({
      BITCOIND_HTTPS: false,
      BITCOIND_HOST: "127.0.0.1",
      BITCOIND_PORT: reached.port,
      BITCOIND_USERNAME: "user",
      BITCOIND_PASSWORD: "password",
    } as Parameters<BitcoinRPC["init"]>[0]);
  });
  afterAll(() => {
    vision.destroy();
    return reached.close();
  });

  describe("bitcoin-core", () => {
    test("what a dashboard asks: chain, mining, network, peers, mempool", async () => {
      expect(await call("getblockchaininfo")).toMatchObject({
        chain: "regtest",
        blocks: 5,
        headers: 5,
        bits: "207fffff",
        initialblockdownload: false,
        verificationprogress: 1,
      });
      expect(await call("getmininginfo")).toMatchObject({
        pooledtx: 12,
        next: { height: 6, bits: "207fffff" },
      });
      expect(await call("getnetworkinfo")).toMatchObject({
        subversion: "/Satoshi:29.0.0/",
        protocolversion: 70_016,
        connections: 8,
      });
      expect((await call("getpeerinfo")).length).toBe(8);
      expect(await call("getmempoolinfo")).toMatchObject({ size: 12, loaded: true });
      const pool = await call("getrawmempool", true);
      const [txid = "", entry] = Object.entries<any>(pool)[0] ?? [];
      expect(await call("getmempoolentry", txid)).toEqual(entry);
      expect(entry.fees.base * 1e8).toBeGreaterThanOrEqual(entry.vsize);
      expect((await call("estimatesmartfee", 6)).feerate).toBeGreaterThan(0);
      expect(Number(await call("getnetworkhashps"))).toBeGreaterThan(0);
      expect((await call("getdeploymentinfo")).deployments.taproot).toMatchObject({ active: true });
      expect((await call("getzmqnotifications"))[0]).toMatchObject({ type: "pubhashblock" });
      expect(await call("uptime")).toBe(0);
    });

    test("what ckpool asks before it works: addresses", async () => {
      expect(await call("validateaddress", ADDRESS)).toEqual({
        isvalid: true,
        address: ADDRESS,
        scriptPubKey: "0014751e76e8199196d454941c45d1b3a323f1433bd6",
        isscript: false,
        iswitness: true,
        witness_version: 0,
        witness_program: "751e76e8199196d454941c45d1b3a323f1433bd6",
      });
      expect(await call("validateaddress", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn")).toMatchObject({
        isvalid: true,
        isscript: false,
        iswitness: false,
      });
      expect(await call("validateaddress", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")).toMatchObject({
        isvalid: false,
      });
    });

    test("a template is complete, and the block made of it is the tip", async () => {
      const template = await call("getblocktemplate", { rules: ["segwit"] });
      expect(template).toMatchObject({ height: 6, bits: "207fffff", rules: ["csv", "!segwit", "taproot"] });
      const fees = template.transactions.reduce((sum: number, { fee }: { fee: number }) => sum + fee, 0);
      expect(template.coinbasevalue).toBe(5_000_000_000 + fees);
      expect(await call("submitblock", blockOf(template))).toBeNull();
      const hash = await call("getblockhash", 6);
      const block = await call("getblock", hash, 3);
      expect(block.tx.length).toBe(13);
      expect(block.tx[1].fee * 1e8).toBeCloseTo(template.transactions[0].fee, 0);
      expect(block.tx[1].vin[0].prevout.value).toBeGreaterThan(0);
      expect(await call("getblockheader", hash)).toMatchObject({ nTx: 13, confirmations: 1, height: 6 });
      expect(await call("getblockstats", hash)).toMatchObject({
        txs: 13,
        totalfee: fees,
        subsidy: 5_000_000_000,
      });
      const { txid, data } = template.transactions[0];
      expect(await call("getrawtransaction", txid, 0, hash)).toBe(data);
      expect(await errorOf(call("getrawtransaction", txid))).toMatch(
        /^-5: No such mempool transaction\. Use -txindex/,
      );
      expect((await call("decoderawtransaction", data)).txid).toBe(txid);
      expect((await call("gettxout", block.tx[0].txid, 0)).coinbase).toBe(true);
    });

    test("batches: each its own answer or error", async () => {
      const [count, wrong] = await call([
        { method: "getblockcount", parameters: [] },
        { method: "getblockhash", parameters: [1e6] },
      ] as never);
      expect(count).toBe(6);
      expect(wrong).toMatchObject({ code: -8, message: "Block height out of range" });
    });

    test("errors as Core says them", async () => {
      const cases: [string, unknown[], string][] = [
        ["getblock", ["x"], "-8: blockhash must be of length 64 (not 1, for 'x')"],
        ["getblock", ["x".repeat(64)], `-8: blockhash must be hexadecimal string (not '${"x".repeat(64)}')`],
        ["getblock", ["0".repeat(64)], "-5: Block not found"],
        [
          "getblocktemplate",
          [{}],
          '-8: getblocktemplate must be called with the segwit rule set (call with {"rules": ["segwit"]})',
        ],
        ["getblocktemplate", [{ mode: "x" }], "-8: Invalid mode"],
        ["generatetoaddress", [1, "x"], "-5: Error: Invalid address"],
        ["sendrawtransaction", ["00"], "-22: TX decode failed. Make sure the tx has at least one input."],
        ["getnewaddress", [], "-18: No wallet is loaded."],
        ["scantxoutset", ["start"], "-32601: Method not found"],
        ["getblockhash", [], "-1: getblockhash height"],
      ];
      for (const [method, params, wanted] of cases)
        expect(await errorOf(call(method, ...params))).toContain(wanted);
      expect(await errorOf(coreOf(reached, { password: "x" })("getblockcount"))).toMatch(/^401: /);
      expect(reached.mock.journal.text()).toContain('"kind":"unmodelled","what":"scantxoutset"');
    });

    test("an invalidated block takes its descendants along and can come back", async () => {
      const hashes = await call("generatetoaddress", 3, ADDRESS);
      const before = await call("getblock", hashes[1]);
      await call("invalidateblock", hashes[1]);
      expect(await call("getbestblockhash")).toBe(hashes[0]);
      const waiting = await call("getrawmempool");
      expect(before.tx.slice(1).every((txid: string) => waiting.includes(txid))).toBe(true);
      await call("reconsiderblock", hashes[1]);
      expect(await call("getbestblockhash")).toBe(hashes[2]);
    });

    test("time can be set on regtest", async () => {
      await call("setmocktime", 2_000_000_000);
      expect((await call("getblocktemplate", { rules: ["segwit"] })).curtime).toBe(2_000_000_000);
      await call("setmocktime", 0);
    });
  });

  describe("@btc-vision/bitcoin-rpc (named parameters)", () => {
    test("chain, wallet, blocks", async () => {
      expect((await vision.getChainInfo())?.chain).toBe("regtest");
      expect(await vision.createWallet({ wallet_name: `w-${mount}` })).toEqual({ name: `w-${mount}` });
      const address = (await vision.getNewAddress("", `w-${mount}`)) ?? "";
      expect(address).toMatch(/^bcrt1q/);
      const height = (await vision.getBlockCount()) ?? 0;
      const hashes = await vision.generateToAddress(2, address, `w-${mount}`);
      expect(hashes).toEqual([HASH, HASH]);
      expect(await vision.getBlockHash(height + 2)).toBe(hashes?.[1]);
      expect((await vision.getBlockInfoOnly(hashes?.[0] ?? ""))?.height).toBe(height + 1);
      expect(
        (await vision.getBlocksInfoWithTransactionData(hashes ?? []))?.map((block) => block?.height),
      ).toEqual([height + 1, height + 2]);
      expect((await vision.getChainTips())?.[0]?.status).toBe("active");
      expect(await vision.getBlockHashes(0, 2)).toEqual([HASH, HASH]);
    });
  });
});
