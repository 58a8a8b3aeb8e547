import { describe, expect, it } from "vitest";
import type { Host } from "../../../harness/service/host.ts";
import { keepLease } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { virtualWorld } from "../parts/virtual-world.testkit.ts";

const TIMES = { ttlMs: 5_000, renewMs: 1_000 };

function contenders(names: readonly string[]) {
  const world = virtualWorld(1);
  const leases = new Map<string, Lease>();
  const start = (name: string) =>
    world.start(name, async (host: Host) => {
      leases.set(name, keepLease(host, host.database(""), TIMES));
    });
  names.forEach(start);
  const tokens = () => Object.fromEntries([...leases].map(([name, lease]) => [name, lease.leading()]));
  const of = (name: string) => leases.get(name) as Lease;
  return { ...world, start, tokens, of };
}

describe("the lease", () => {
  it("goes to one of two contenders and stays there while it is renewed", async () => {
    const { time, tokens } = contenders(["a", "b"]);
    await time.advance(60_000);
    expect(tokens()).toEqual({ a: 1, b: null });
  });

  it("runs out when its holder dies: the other takes it with the next token, no sooner than the rest of the lease", async () => {
    const { time, tokens, kill, of } = contenders(["a", "b"]);
    await time.advance(10_000);
    kill("a");
    await time.advance(3_900);
    expect(of("b").leading()).toBeNull();
    await time.advance(2_200);
    expect(tokens()["b"]).toBe(2);
  });

  it("ends for a holder that is cut off before the other can have it", async () => {
    const { time, tokens, cut, heal } = contenders(["a", "b"]);
    await time.advance(10_000);
    cut("a", "database");
    for (let passedMs = 0; passedMs < 20_000; passedMs += 10) {
      await time.advance(10);
      expect(Object.values(tokens()).filter((token) => token !== null).length).toBeLessThan(2);
    }
    expect(tokens()).toEqual({ a: null, b: 2 });
    heal("a", "database");
    await time.advance(20_000);
    expect(tokens()).toEqual({ a: null, b: 2 });
  });

  it("raises the token with every acquisition, also by the same holder after a restart", async () => {
    const { time, tokens, kill, start, tables } = contenders(["a"]);
    const seen: number[] = [];
    for (let round = 0; round < 5; round++) {
      await time.advance(8_000);
      seen.push(tokens()["a"] ?? 0);
      kill("a");
      start("a");
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(tables.get("lease")?.[0]?.["token"]).toBe(5);
  });

  it("keeps its token through a short outage, and counts the return as a new term", async () => {
    const { time, of, databaseUp } = contenders(["a"]);
    await time.advance(5_000);
    databaseUp(false);
    await time.advance(1_500);
    expect([of("a").leading(), of("a").canWrite(), of("a").database()]).toEqual([1, false, "unreachable"]);
    await time.advance(8_500);
    expect(of("a").leading()).toBeNull();
    databaseUp(true);
    await time.advance(2_000);
    expect([of("a").leading(), of("a").canWrite(), of("a").terms()]).toEqual([1, true, 2]);
  });

  it("does not make the tables again when they vanish under a running control plane", async () => {
    const { time, tables, of, start, kill } = contenders(["a"]);
    await time.advance(5_000);
    tables.clear();
    await time.advance(60_000);
    expect([of("a").leading(), of("a").database()]).toEqual([null, "schema-missing"]);
    expect(tables.size).toBe(0);
    kill("a");
    start("a");
    await time.advance(2_000);
    expect(tables.size).toBe(5);
  });
});
