import type { ApiPromise } from "@polkadot/api";
import { expect, test } from "vitest";
import type { MockDefinition } from "../core/mock.ts";
import { mutated, renamed } from "../core/mutated.testkit.ts";
import { block, eventually, polkadotJs, REACH, signer } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { subtensorMock } from "./subtensor.ts";

/** A change of the wire and a plain use of an unmodified client that must not survive it. */
interface Mutant {
  readonly name: string;
  readonly change: (text: string) => string;
  readonly use: (api: ApiPromise, reached: Reached) => Promise<unknown>;
}

const MUTANTS: readonly Mutant[] = [
  {
    name: "the metadata's first byte",
    change: (text) => text.replaceAll("6d657461", "6e657461"),
    use: async () => {},
  },
  { name: "the runtime's version", change: renamed("specVersion", "version"), use: remark },
  { name: "a header's parent", change: renamed("parentHash", "parent"), use: hashIsItsOwn },
  { name: "a header's digest", change: renamed("logs", "log"), use: hashIsItsOwn },
  {
    name: "the metagraph's netuid",
    change: (text) => text.replaceAll('"0x01b8', '"0x01b9'),
    use: async (api) => {
      // oxlint-disable-next-line typescript/no-explicit-any -- types would come from generated code
      const graph = (await (api.call as any).subnetInfoRuntimeApi.getMetagraph(46)).unwrap();
      expect(graph.netuid.toNumber()).toBe(46);
    },
  },
  { name: "the block that an extrinsic is in", change: renamed("inBlock", "included"), use: remark },
];

test.each(MUTANTS)("a client fails without $name", async ({ change, use }) => {
  await attempt(subtensorMock, use);
  await expect(attempt(mutated(subtensorMock, { message: change }), use)).rejects.toThrow();
});

async function attempt(definition: MockDefinition, use: Mutant["use"]): Promise<void> {
  const reached = await REACH.standalone({ definition });
  let api: ApiPromise | undefined;
  try {
    api = await polkadotJs(reached.url);
    await use(api, reached);
  } finally {
    await api?.disconnect();
    await reached.close();
  }
}

/** The hash that the client works out of a header is the one that the node gave the block. */
async function hashIsItsOwn(api: ApiPromise): Promise<void> {
  const hash = await api.rpc.chain.getBlockHash(990);
  expect((await api.rpc.chain.getHeader(hash)).hash.toHex()).toBe(hash.toHex());
}

async function remark(api: ApiPromise, { mock }: Reached): Promise<void> {
  const seen: string[] = [];
  await api.tx["system"]?.["remark"]?.("0x00").signAndSend(signer("//Alice"), ({ status }) => {
    seen.push(status.type);
  });
  await block(mock);
  // After the block the client has heard all that it will.
  await api.rpc.system.name();
  await eventually(() => {
    if (seen.length < 2) throw new Error(`heard only ${seen.join()}`);
  }, 1_000);
  expect(seen).toContain("InBlock");
}
