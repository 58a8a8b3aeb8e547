import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAnswer, nodesInTurn } from "./choose-node.ts";

const fleet = (health: readonly boolean[]) => health.map((healthy, index) => ({ index, healthy }));
const order = (health: readonly boolean[], turn: number) =>
  nodesInTurn(fleet(health), turn).map(({ index }) => index);

describe("nodesInTurn", () => {
  it("takes healthy nodes in turn and dead ones last", () => {
    expect(order([true, false, true], 0)).toEqual([0, 2, 1]);
    expect(order([true, false, true], 1)).toEqual([2, 0, 1]);
    expect(order([true, false, true], 2)).toEqual([0, 2, 1]);
  });

  it("takes all when none is healthy", () => {
    expect(order([false, false], 1)).toEqual([1, 0]);
  });

  it("names each node once, and the first is healthy if any is", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 20 }), fc.nat(), (health, turn) => {
        const nodes = nodesInTurn(fleet(health), turn);
        expect(nodes.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([...health.keys()]);
        expect(nodes[0]?.healthy ?? false).toBe(health.includes(true));
      }),
    );
  });

  it("gives every healthy node the same share", () => {
    const first = Array.from({ length: 30 }, (_, turn) => order([true, false, true, true], turn)[0]);
    for (const index of [0, 2, 3]) expect(first.filter((one) => one === index)).toHaveLength(10);
  });
});

describe("isAnswer", () => {
  it("takes a refusal for the service's own, whatever became of the node", () => {
    expect([isAnswer("refused", true), isAnswer("refused", false)]).toEqual([true, true]);
  });

  it("takes silence for the service's own only through a living node", () => {
    for (const failure of ["timeout", "unreachable"] as const) {
      expect([isAnswer(failure, true), isAnswer(failure, false)]).toEqual([true, false]);
    }
  });
});
