import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, changedWays, newSlots, type Ways } from "./node-tables.ts";

describe("assign", () => {
  it("keeps slots, frees those of nodes that are gone, and uses them again", () => {
    const two = assign([], ["10.0.0.2", "10.0.0.3"]);
    expect(two).toEqual(["10.0.0.2", "10.0.0.3"]);
    expect(assign(two, ["10.0.0.3"])).toEqual([null, "10.0.0.3"]);
    expect(assign([null, "10.0.0.3"], ["10.0.0.3", "10.0.0.4"])).toEqual(["10.0.0.4", "10.0.0.3"]);
  });

  it("never moves a node that stays, and never needs more slots than there were nodes at once", () => {
    const addresses = fc.uniqueArray(fc.integer({ min: 1, max: 30 }).map((last) => `10.0.0.${last}`));
    fc.assert(
      fc.property(fc.array(addresses, { maxLength: 8 }), (history) => {
        let ways: Ways = [];
        for (const now of history) {
          const after = assign(ways, now);
          expect(after.filter((way) => way !== null).toSorted()).toEqual(now.toSorted());
          for (const address of now) {
            if (ways.includes(address)) expect(after.indexOf(address)).toBe(ways.indexOf(address));
          }
          ways = after;
        }
        expect(ways.length).toBeLessThanOrEqual(Math.max(0, ...history.map((now) => now.length)));
      }),
    );
  });
});

describe("what the kernel is told", () => {
  it("a source address and a rule for each new slot", () => {
    expect(newSlots(1, 3)).toEqual([
      "address add 192.0.2.2/32 dev lo",
      "rule add from 192.0.2.2 lookup 1001",
      "address add 192.0.2.3/32 dev lo",
      "rule add from 192.0.2.3 lookup 1002",
    ]);
    expect(newSlots(3, 2)).toEqual([]);
  });

  it("a route for each slot that leads to another node than before", () => {
    expect(changedWays(["10.0.0.2", null], ["10.0.0.2", "10.0.0.3"])).toEqual([
      "route replace default via 10.0.0.3 table 1001",
    ]);
    expect(changedWays(["10.0.0.2"], [null])).toEqual([]);
  });
});
