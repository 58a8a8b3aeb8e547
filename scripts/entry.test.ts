import { expect, it } from "vitest";
import * as api from "../harness/index.ts";

it("the package's entry passes on every name of the public API", async () => {
  const entry = (await import("./entry.mjs" as string)) as object;
  expect(Object.keys(entry).toSorted()).toEqual(Object.keys(api).toSorted());
});
