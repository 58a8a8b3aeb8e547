import { expect, it } from "vitest";
import { subnetPrefix } from "./network.ts";

it("stays within the range for tests, whatever the number", () => {
  expect([0, 255, 256, 511, 512, 0xffffffff].map(subnetPrefix)).toEqual([
    "198.18.0",
    "198.18.255",
    "198.19.0",
    "198.19.255",
    "198.18.0",
    "198.19.255",
  ]);
});
