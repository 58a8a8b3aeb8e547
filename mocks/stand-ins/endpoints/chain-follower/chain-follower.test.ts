import { describe, expect, it } from "vitest";
import { mockService } from "../../../core/mount/host.ts";
import { devKeypair } from "../../../core/signing/sr25519.ts";
import { subtensorMock } from "../../../subtensor/subtensor.ts";
import { mockFaults } from "../../parts/mock-faults.testkit.ts";
import { virtualWorld } from "../../parts/virtual-world.testkit.ts";
import hotkeyClient from "../hotkey-client/hotkey-client.ts";
import chainFollower from "./chain-follower.ts";

const FOLLOWER = "http://chain-follower:8092";
const BLOCK_MS = 12_000;
const alice = devKeypair("Alice").address;
const charlie = devKeypair("Charlie").address;

/** Two nodes, the follower and a client on virtual time, as fixtures/stacks/endpoints has them; up for three blocks. */
async function startChain(env: Readonly<Record<string, string>> = {}, hotkey = "Alice") {
  const world = virtualWorld(1);
  for (const name of ["chain-1", "chain-2"])
    world.start(name, mockService(subtensorMock), { MOCK_SEED: "46" });
  world.start("chain-follower", chainFollower, {
    ENDPOINTS: "main=http://chain-1:9944,second=http://chain-2:9944",
    ...env,
  });
  world.start("hotkey-client", hotkeyClient, { FOLLOWER_URL: FOLLOWER, HOTKEY: hotkey });
  await world.time.advance(3 * BLOCK_MS);
  let works = 0;
  return {
    ...world,
    ...mockFaults(world, 9_949),
    permit: async (address = alice) => {
      const { status, value } = await world.ask("GET", `${FOLLOWER}/permit/${address}`);
      return { status, ...(value as Record<string, unknown>) };
    },
    status: async () => (await world.ask("GET", `${FOLLOWER}/status`)).value as Record<string, unknown>,
    use: (endpoint: string) => world.ask("POST", `${FOLLOWER}/endpoint`, { use: endpoint }),
    work: () => world.ask("POST", "http://hotkey-client:8093/work", { key: `w${works++}` }),
  };
}

describe("the chain follower", () => {
  it("knows head, finality and who has a permit", async () => {
    const chain = await startChain();
    expect(await chain.status()).toMatchObject({ following: true, finalityLag: 2, neurons: 16 });
    expect(await chain.permit(alice)).toMatchObject({ status: 200, known: true, permit: true, uid: 0 });
    expect(await chain.permit(charlie)).toMatchObject({ status: 200, known: true, permit: false, uid: 2 });
    expect(await chain.permit("5Nobody")).toMatchObject({ status: 200, known: false, permit: false });
  });

  it("sees a permit that is gone as soon as that is final", async () => {
    const chain = await startChain();
    await chain.fault("chain-1", "metagraph.flip", { params: { uid: 0 } });
    await chain.time.advance(5 * BLOCK_MS);
    expect(await chain.permit(alice)).toMatchObject({ status: 200, permit: false });
  });

  it("refuses with a reason when the head stalls, and answers again from another node", async () => {
    const chain = await startChain();
    await chain.fault("chain-1", "head.stall");
    await chain.time.advance(70_000);
    expect(await chain.status()).toMatchObject({ following: false, endpoint: "main" });
    expect(await chain.permit()).toMatchObject({
      status: 503,
      error: expect.stringMatching(/^the metagraph is \d+ ms old, 30000 are allowed$/),
    });
    expect((await chain.work()).status).toBe(503);
    expect((await chain.use("third")).status).toBe(404);
    expect((await chain.use("second")).status).toBe(200);
    await chain.time.advance(5_000);
    expect(await chain.status()).toMatchObject({ following: true, endpoint: "second" });
    expect((await chain.work()).status).toBe(200);
    // The first node is behind now: going back makes nothing younger.
    await chain.use("main");
    await chain.time.advance(40_000);
    expect((await chain.permit()).status).toBe(503);
  });

  it("without a maximum age answers for ever", async () => {
    const chain = await startChain({ METAGRAPH_MAX_AGE_MS: "never" });
    await chain.fault("chain-1", "head.stall");
    await chain.time.advance(600_000);
    const kept = await chain.permit();
    expect(kept).toMatchObject({ status: 200, permit: true });
    expect(Number(kept["ageMs" as keyof typeof kept])).toBeGreaterThan(500_000);
  });

  it("takes no node of another chain", async () => {
    const chain = await startChain();
    await chain.fault("chain-2", "wrongGenesis");
    await chain.use("second");
    await chain.time.advance(60_000);
    expect(await chain.status()).toMatchObject({ following: false });
    expect(chain.logs.join("\n")).toContain("second is on another chain");
  });

  it("says that it does not follow when finality stalls, and refuses when that is too old", async () => {
    const chain = await startChain();
    await chain.fault("chain-1", "finality.stall");
    await chain.time.advance(12 * BLOCK_MS);
    expect(await chain.status()).toMatchObject({ following: false });
    expect((await chain.permit()).status).toBe(503);
  });

  it("grants what a permitted hotkey has signed, once for each key", async () => {
    const chain = await startChain();
    expect(await chain.work()).toMatchObject({ status: 200, value: { key: "w0", id: "chain-follower-1" } });
    expect((await chain.work()).status).toBe(200);
    expect((await chain.ask("GET", `${FOLLOWER}/access`)).value).toMatchObject([
      { key: "w0", hotkey: alice },
      { key: "w1", hotkey: alice },
    ]);
  });

  it("refuses a hotkey without a permit", async () => {
    const chain = await startChain({}, "Charlie");
    expect(await chain.work()).toMatchObject({ status: 403 });
  });

  it("goes on when single answers are missing", async () => {
    const chain = await startChain();
    await chain.fault("chain-1", "rpc.error");
    await chain.time.advance(10_000);
    expect((await chain.permit()).status).toBe(200);
    expect(chain.logs.join("\n")).toContain("follow the chain: fails");
  });
});
