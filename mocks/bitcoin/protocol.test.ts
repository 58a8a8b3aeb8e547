import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADDRESS, coreOf, errorOf, REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";

const AUTHORIZATION = `Basic ${Buffer.from("user:password").toString("base64")}`;

let reached: Reached;
beforeAll(async () => {
  reached = await REACH.standalone({ settings: { blocks: "1" } });
});
afterAll(() => reached.close());

/** What a plain HTTP client sees: status, type, body. */
async function post(
  body: unknown,
  headers: Record<string, string> = { authorization: AUTHORIZATION },
  path = "/",
) {
  const response = await fetch(`http://127.0.0.1:${reached.port}${path}`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
}

describe("envelopes and statuses are Core's", () => {
  test.each<[string, unknown, number, string]>([
    ["no version, no id", { method: "getblockcount" }, 200, '{"result":1,"error":null}\n'],
    [
      "an id that is null",
      { method: "getblockcount", id: null },
      200,
      '{"result":1,"error":null,"id":null}\n',
    ],
    [
      "1.0",
      { jsonrpc: "1.0", id: "a", method: "getblockcount", params: [] },
      200,
      '{"result":1,"error":null,"id":"a"}\n',
    ],
    ["2.0", { jsonrpc: "2.0", id: 7, method: "getblockcount" }, 200, '{"jsonrpc":"2.0","result":1,"id":7}\n'],
    ["2.0 without an id", { jsonrpc: "2.0", method: "getblockcount" }, 204, ""],
    [
      "an error",
      { id: 1, method: "getblockhash", params: [9] },
      500,
      '{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":1}\n',
    ],
    [
      "an error, 2.0",
      { jsonrpc: "2.0", id: 1, method: "getblockhash", params: [9] },
      200,
      '{"jsonrpc":"2.0","error":{"code":-8,"message":"Block height out of range"},"id":1}\n',
    ],
    [
      "an unknown method",
      { id: 1, method: "x" },
      404,
      '{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}\n',
    ],
    [
      "no method",
      { id: 1 },
      400,
      '{"result":null,"error":{"code":-32600,"message":"Missing method"},"id":1}\n',
    ],
    [
      "3.0",
      { jsonrpc: "3.0", id: 1, method: "x" },
      400,
      '{"result":null,"error":{"code":-32600,"message":"JSON-RPC version not supported"},"id":1}\n',
    ],
    [
      "no method, 2.0",
      { jsonrpc: "2.0", id: 1 },
      400,
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Missing method"},"id":1}\n',
    ],
    ["no JSON", "{", 500, '{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}\n'],
    [
      "a number",
      "5",
      500,
      '{"result":null,"error":{"code":-32700,"message":"Top-level object parse error"},"id":null}\n',
    ],
    ["an empty batch", [], 200, "[]\n"],
    ["a batch of silent calls", [{ jsonrpc: "2.0", method: "uptime" }], 204, ""],
    [
      "a mixed batch",
      [{ id: 1, method: "x" }, 5],
      200,
      '[{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1},{"result":null,"error":{"code":-32600,"message":"Invalid Request object"},"id":null}]\n',
    ],
  ])("%s", async (_name, body, status, text) => {
    expect(await post(body)).toMatchObject({ status, body: text });
  });

  test("without the right name and password: 401 and no body", async () => {
    const wrong = `Basic ${Buffer.from("user:x").toString("base64")}`;
    for (const headers of [{}, { authorization: wrong }] as Record<string, string>[])
      expect(await post({ method: "uptime" }, headers)).toMatchObject({ status: 401, body: "" });
  });

  test("another method of HTTP, another path", async () => {
    const get = await fetch(`http://127.0.0.1:${reached.port}/`);
    expect([get.status, await get.text()]).toEqual([405, "JSONRPC server handles only POST requests"]);
    expect(
      await post({ method: "uptime" }, { authorization: AUTHORIZATION }, "/rest/chaininfo.json"),
    ).toMatchObject({
      status: 404,
    });
  });
});

/** Writes raw bytes and returns what came back until the other side said nothing for a while or closed. */
function raw(bytes: string, enough: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(reached.port, "127.0.0.1", () => socket.write(bytes));
    let heard = "";
    socket.on("data", (chunk) => {
      heard += String(chunk);
      if (!enough.test(heard)) return;
      socket.destroy();
      resolve(heard);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(heard));
  });
}

describe("ckpool", () => {
  /** Its requests have bare line feeds, no id and no version; each comes on a connection of its own. */
  const ask = (body: string) =>
    raw(
      `POST / HTTP/1.1\nAuthorization: ${AUTHORIZATION}\nHost: 127.0.0.1:${reached.port}\nContent-type: application/json\nContent-Length: ${body.length}\n\n${body}`,
      /\n\{.*\n/,
    );

  test.each([
    [
      '{"method": "getblocktemplate", "params": [{"capabilities": ["coinbasetxn", "workid", "coinbase/append"], "rules" : ["segwit"]}]}\n',
      '"coinbaseaux":{"flags":""}',
    ],
    [`{"method": "validateaddress", "params": ["${ADDRESS}"]}\n`, '"isscript":false,"iswitness":true'],
    ['{"method": "getbestblockhash"}\n', '"error":null}'],
    [
      '{"method": "getblockhash", "params": [0]}\n',
      "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    ],
  ])("%s", async (body, wanted) => {
    const answer = await ask(body);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    // It reads lines and takes the first that begins with a brace; JSON over several lines would be lost.
    const line = answer.split("\n").find((it) => it.startsWith("{")) ?? "";
    expect(line).toContain(wanted);
    expect(JSON.parse(line)).toMatchObject({ error: null });
    expect(answer.endsWith("}\n")).toBe(true);
  });

  test("sees a refusal as JSON behind a status that is not 200", async () => {
    const answer = await ask('{"method": "submitblock", "params": ["00"]}\n');
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer).toContain('{"result":null,"error":{"code":-22,"message":"Block decode failed"}}\n');
  });
});

describe("other networks", () => {
  test.each([
    ["signet", "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"],
    ["testnet4", "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"],
    ["main", "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"],
  ])("%s: genesis, chain, templates", async (network, genesis) => {
    const other = await REACH.standalone({ settings: { network, mempool: "3", blocks: "2" } });
    const call = coreOf(other);
    expect(await call("getblockhash", 0)).toBe(genesis);
    expect(await call("getblockchaininfo")).toMatchObject({ chain: network, initialblockdownload: false });
    const rules = network === "signet" ? ["segwit", "signet"] : ["segwit"];
    const template = await call("getblocktemplate", { rules });
    expect(template.transactions.length).toBe(3);
    expect(template.coinbasevalue).toBeGreaterThan(network === "main" ? 312_500_000 : 2_500_000_000);
    await other.close();
  });

  test("signet wants its rule, which ckpool does not name, and a signature that nobody has", async () => {
    const signet = await REACH.standalone({ settings: { network: "signet" } });
    const call = coreOf(signet);
    const rule =
      '-8: getblocktemplate must be called with the signet rule set (call with {"rules": ["segwit", "signet"]})';
    expect(await errorOf(call("getblocktemplate", { rules: ["segwit"] }))).toBe(rule);
    const template = await call("getblocktemplate", { rules: ["segwit", "signet"] });
    expect(template).toMatchObject({ rules: ["csv", "!segwit", "!signet", "taproot"] });
    expect(template.signet_challenge).toMatch(/^512103ad5e0e.*52ae$/);
    await signet.close();
  });

  test("main without peers gives no template", async () => {
    const main = await REACH.standalone({ settings: { network: "main", peers: "0" } });
    expect(await errorOf(coreOf(main)("getblocktemplate", { rules: ["segwit"] }))).toBe(
      "-9: Bitcoin Core is not connected!",
    );
    await main.close();
  });
});
