import { describe, expect, it } from "vitest";
import { CORRECT, SHARED_TOKEN, STALE_LEADER } from "./histories.testkit.ts";
import { findLeaderViolations } from "./one-leader.ts";

describe("findLeaderViolations", () => {
  it("accepts a correct takeover", () => {
    expect(findLeaderViolations(CORRECT.records)).toEqual({ violations: [], unreadable: 0 });
  });

  it("catches an old leader that writes after the new one", () => {
    expect(findLeaderViolations(STALE_LEADER.records).violations).toEqual([
      "record 6: cp-1 wrote with token 1 after token 2",
    ]);
  });

  it("catches two writers under one token", () => {
    const { violations } = findLeaderViolations(SHARED_TOKEN.records);
    expect(violations[0]).toBe("record 3: cp-2 wrote with token 1, which is cp-1's");
    expect(violations).toHaveLength(3);
  });

  it("reads tokens that a database sends as text, in the order of numbers", () => {
    const records = [
      { writer: "cp-1", token: "9" },
      { writer: "cp-2", token: "10" },
    ];
    expect(findLeaderViolations(records)).toEqual({ violations: [], unreadable: 0 });
    expect(findLeaderViolations(records.toReversed()).violations).toHaveLength(1);
  });

  it("counts records that name no writer or token", () => {
    expect(
      findLeaderViolations([null, { writer: "cp-1" }, { token: 1 }, { writer: "cp-1", token: "x" }]),
    ).toEqual({
      violations: [],
      unreadable: 4,
    });
  });
});
