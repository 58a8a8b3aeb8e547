import { expect, it } from "vitest";
import { FAULT_KINDS } from "../fault/kinds.ts";
import { tierByName, TIER_NAMES } from "./index.ts";

it.each(TIER_NAMES)("%s grades every fault kind, and says why where it is not exact", async (name) => {
  const { capabilities } = await tierByName(name);
  expect(Object.keys(capabilities).toSorted()).toEqual(FAULT_KINDS.toSorted());
  for (const capability of Object.values(capabilities)) {
    if (capability.grade !== "exact") expect(capability.reason.length).toBeGreaterThan(20);
  }
});
