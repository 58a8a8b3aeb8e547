import { describe, expect, test } from "vitest";
import { readLook } from "./cpu-stress.ts";

describe("what the loops use, of what they could", () => {
  test.each([
    ["no quota in version 1 of control groups", "1000\n501000\n-1 100000\n4", 1, 1, { used: 0.5, most: 1 }],
    ["no quota in version 2", "0\n1000000\nmax 100000\n4", 8, 1, { used: 1, most: 4 }],
    [
      "the pod's quota is less than was asked for",
      "0\n250000\n50000 100000\n4",
      2,
      1,
      { used: 0.25, most: 0.5 },
    ],
    ["several pods share the machine", "0\n400000\n-1 100000\n2", 2, 4, { used: 0.4, most: 0.5 }],
  ])("%s", (_, output, cores, pods, expected) => {
    expect(readLook(output, cores, pods)).toEqual(expected);
  });

  test("unreadable numbers never count as busy", () => {
    const { used, most } = readLook("cat: no such file", 1, 1);
    expect(used >= most).toBe(false);
  });
});
