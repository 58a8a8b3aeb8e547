import { describe, expect, test } from "vitest";
import { ADDRESS, coreOf, errorOf, REACH } from "./clients.testkit.ts";
import type { Call } from "./clients.testkit.ts";
import { decodeBlock } from "./chain/block.ts";
import { hashOfHeader } from "./chain/header.ts";
import { coinbaseInput } from "./chain/transaction.ts";
import { checkHeader } from "./node/context.ts";
import { entryOf } from "./node/entry.ts";
import { NETWORKS } from "./networks.ts";
import { blockOf } from "./pool.testkit.ts";
import { argumentsOf } from "./rpc/method.ts";
import { BLOCKCHAIN } from "./rpc/methods/blockchain.ts";

/*
 * What bitcoin/bitcoin says at commit 56ed476a29cb (29.0): src/rpc, src/validation.cpp, src/key_io.cpp,
 * src/versionbits.cpp, src/kernel/chainparams.cpp. Most of these were wrong here while they stood on memory.
 */
const RULES = { rules: ["segwit"] };

async function withNode(settings: Record<string, string>, play: (call: Call) => Promise<void>) {
  const reached = await REACH.standalone({ mode: { kind: "frozen" }, settings });
  try {
    await play(coreOf(reached));
  } finally {
    await reached.close();
  }
}

describe("calls", () => {
  test("usage, names and limits of arguments", () =>
    withNode({ blocks: "3" }, async (call) => {
      const cases: readonly (readonly [string, readonly unknown[], string])[] = [
        ["getblock", [], '-1: getblock "blockhash" ( verbosity )'],
        ["getnetworkhashps", [1, 1, 1], "-1: getnetworkhashps ( nblocks height )"],
        ["getblocktemplate", [], "-1: getblocktemplate template_request"],
        ["getblockheader", ["x"], "-8: hash must be of length 64 (not 1, for 'x')"],
        ["getmempoolentry", ["x"], "-8: parameter 1 must be of length 64 (not 1, for 'x')"],
        ["getblockstats", [9], "-8: Target block height 9 after current tip 3"],
        ["getblockstats", [-1], "-8: Target block height -1 is negative"],
        ["getblockstats", ["x"], "-8: hash_or_height must be of length 64 (not 1, for 'x')"],
        ["getnetworkhashps", [0], "-8: Invalid nblocks. Must be a positive number or -1."],
        ["getnetworkhashps", [1, 4], "-8: Block does not exist at specified height"],
        ["generateblock", ["x", []], "-5: Error: Invalid address or descriptor"],
        [
          "getblocktemplate",
          [{ ...RULES, longpollid: "x" }],
          "-8: longpollid must be of length 64 (not 1, for 'x')",
        ],
        [
          "submitblock",
          ["00", 1],
          '-3: Wrong type passed:\n{\n    "Position 2 (dummy)": "JSON value of type number is not of expected type string"\n}',
        ],
      ];
      for (const [method, params, wanted] of cases)
        expect([method, await errorOf(call(method, ...params))]).toEqual([method, wanted]);
    }));

  test("an argument's other name", async () => {
    const { params } = BLOCKCHAIN["getblock"]!;
    const given = { verbose: 0, blockhash: "h" };
    expect(argumentsOf("getblock", { params, run: () => null }, given)).toEqual(["h", 0]);
  });

  test("getmininginfo tells of the last block that was put together", () =>
    withNode({ blocks: "1", mempool: "4" }, async (call) => {
      expect(await call("getmininginfo")).not.toHaveProperty("currentblockweight");
      const { transactions } = await call("getblocktemplate", RULES);
      const weight = transactions.reduce((sum: number, one: { weight: number }) => sum + one.weight, 8_000);
      expect(await call("getmininginfo")).toMatchObject({ currentblockweight: weight, currentblocktx: 4 });
    }));

  test("getblockstats counts what the set of unspent outputs gained", () =>
    withNode({ blocks: "1" }, async (call) => {
      // A coinbase with a payee of 22 bytes and a commitment of 38, which nobody can spend.
      expect(await call("getblockstats", 1)).toMatchObject({
        utxo_increase: 2,
        utxo_size_inc: 8 + 1 + 22 + 41 + 8 + 1 + 38 + 41,
        utxo_increase_actual: 1,
        utxo_size_inc_actual: 8 + 1 + 22 + 41,
      });
    }));

  test("networks that are reachable, and all that is said of a peer", () =>
    withNode({}, async (call) => {
      const { networks } = await call("getnetworkinfo");
      const short = networks.map(({ name, limited }: { name: string; limited: boolean }) => [name, limited]);
      expect(short).toEqual([
        ["ipv4", false],
        ["ipv6", false],
        ["onion", true],
        ["i2p", true],
        ["cjdns", true],
      ]);
      expect(Object.keys((await call("getpeerinfo"))[0]).toSorted()).toEqual(
        // addrbind, addrlocal, mapped_as and pingwait are there only at times.
        (
          "addr addr_processed addr_rate_limited addr_relay_enabled bip152_hb_from bip152_hb_to bytesrecv " +
          "bytesrecv_per_msg bytessent bytessent_per_msg connection_type conntime id inbound inflight last_block " +
          "last_transaction lastrecv lastsend minfeefilter minping network permissions pingtime presynced_headers " +
          "relaytxes services servicesnames session_id startingheight subver synced_blocks synced_headers " +
          "timeoffset transport_protocol_type version"
        ).split(" "),
      );
    }));

  test.each([
    ["", "Invalid checksum or length of Base58 address (P2PKH or P2SH)", []],
    ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "Invalid or unsupported Base58-encoded address.", []],
    [
      "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
      "Invalid checksum or length of Base58 address (P2PKH or P2SH)",
      [],
    ],
    [
      "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
      "Invalid or unsupported Segwit (Bech32) or Base58 encoding.",
      [],
    ],
    [`${ADDRESS.slice(0, -1)}l`, "Invalid Bech32 checksum", [43]],
    [ADDRESS.replace("w508", "wb08"), "Invalid Base 32 character", [7]],
    [`${ADDRESS.slice(0, -1)}G`, "Invalid character or mixed case", []],
    ["bcrt", "Missing separator", []],
  ])("validateaddress %s", (address, error, error_locations) =>
    withNode({}, async (call) => {
      const wanted = { isvalid: false, error_locations, error };
      expect(await call("validateaddress", address)).toEqual(wanted);
    }),
  );
});

describe("blocks", () => {
  test("what breaks a rule of its place is remembered: duplicate-invalid, and bad-prevblk for a child", () =>
    withNode({ blocks: "20" }, async (call) => {
      const given = await call("getblocktemplate", RULES);
      const bad = blockOf(given, {
        coinbase: (it) => ({ ...it, inputs: [coinbaseInput(Buffer.from("0101aabb", "hex"), [])] }),
      });
      const hash = hashOfHeader(decodeBlock(Buffer.from(bad, "hex")).header);
      expect(await call("submitblock", bad)).toBe("bad-cb-height");
      expect(await call("submitblock", bad)).toBe("duplicate-invalid");
      const child = {
        ...given,
        previousblockhash: hash,
        height: given.height + 1,
        curtime: given.curtime + 1,
      };
      expect(await call("submitblock", blockOf(child))).toBe("bad-prevblk");
      await call("reconsiderblock", hash);
      expect(await call("getbestblockhash")).toBe(given.previousblockhash);
    }));

  test("a known branch that was never connected is duplicate-inconclusive, one that was is a valid fork", () =>
    withNode({ blocks: "3" }, async (call) => {
      const given = await call("getblocktemplate", RULES);
      const rival = blockOf(given, {
        coinbase: (it) => ({
          ...it,
          inputs: [coinbaseInput(Buffer.concat([it.inputs[0]!.script, Buffer.of(7)]), it.inputs[0]!.witness)],
        }),
      });
      expect(await call("submitblock", blockOf(given))).toBeNull();
      expect(await call("submitblock", rival)).toBe("inconclusive");
      const propose = () => call("getblocktemplate", { ...RULES, mode: "proposal", data: rival });
      expect(await propose()).toBe("duplicate-inconclusive");
      const hash = hashOfHeader(decodeBlock(Buffer.from(rival, "hex")).header);
      await call("preciousblock", hash);
      expect(await propose()).toBe("duplicate");
      const tips: { branchlen: number; status: string }[] = await call("getchaintips");
      expect(tips.map(({ branchlen, status }) => [branchlen, status])).toEqual(
        expect.arrayContaining([[1, "valid-fork"]]),
      );
    }));

  test("BIP 94: a period's first block is not ten minutes older than the last before it", () => {
    const network = NETWORKS.testnet4;
    const { genesis } = network;
    const last = entryOf({ ...genesis, header: { ...genesis.header, time: 2e9 } }, null, 2_015, 0);
    const early = { ...genesis.header, version: 4, previousHash: last.hash, time: 2e9 - 601 };
    // Another block before it makes the median low enough for it.
    const low = entryOf({ ...genesis, header: { ...genesis.header, time: 1e9 } }, null, 2_013, 0);
    const middle = entryOf({ ...genesis, header: { ...genesis.header, time: 1e9 } }, low, 2_014, 0);
    last.previous = middle;
    const check = (time: number, of = network) => checkHeader({ ...early, time }, last, early.bits, 2e9, of);
    expect(check(2e9 - 601)).toBe("time-timewarp-attack");
    expect(check(2e9 - 600)).toBeNull();
    expect(check(2e9 - 601, { ...network, enforcesBip94: false })).toBeNull();
  });

  test("regtest votes on testdummy, block by block as Core does", () =>
    withNode({ blocks: "142" }, async (call) => {
      const stage = async () => {
        const { version, vbavailable, rules } = await call("getblocktemplate", RULES);
        const { testdummy } = (await call("getdeploymentinfo")).deployments;
        const { status, status_next } = testdummy.bip9;
        return [version, vbavailable, rules.includes("testdummy"), status, status_next];
      };
      const mine = (count: number) => call("generatetoaddress", count, ADDRESS);
      expect(await stage()).toEqual([0x20000000, {}, false, "defined", "defined"]);
      await mine(1);
      expect(await stage()).toEqual([0x30000000, { testdummy: 28 }, false, "defined", "started"]);
      await mine(3);
      const { bip9 } = (await call("getdeploymentinfo")).deployments.testdummy;
      expect(bip9).toMatchObject({
        bit: 28,
        since: 144,
        statistics: { period: 144, elapsed: 3, count: 3, threshold: 108, possible: true },
        signalling: "###",
      });
      await mine(141);
      expect(await stage()).toEqual([0x30000000, { testdummy: 28 }, false, "started", "locked_in"]);
      await mine(144);
      expect(await stage()).toEqual([0x20000000, {}, true, "locked_in", "active"]);
      expect((await call("getdeploymentinfo")).deployments).toMatchObject({
        bip34: { type: "buried", active: true, height: 1 },
        segwit: { height: 0 },
        testdummy: { type: "bip9", height: 432, active: true },
        taproot: { type: "bip9", height: 0, bip9: { start_time: -1, status: "active", since: 0 } },
      });
    }));
});
