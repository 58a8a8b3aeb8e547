import fc from "fast-check";
import { expect, it } from "vitest";
import { quantityBytes } from "./quantity.ts";

it.each([
  ["128Mi", 128 * 2 ** 20],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["1G", 1e9],
  ["64k", 64_000],
  ["1e3", 1_000],
  ["2E6", 2_000_000],
  ["1500m", 2], // milli; Kubernetes rounds up
  [268_435_456, 268_435_456],
  ["0", 0],
])("%j is %d bytes", (quantity, bytes) => expect(quantityBytes(quantity)).toBe(bytes));

it.each(["", "Mi", "128 Mi", "128mb", "-1", "1g", "1Mi2", "toString"])("%j is no quantity", (text) => {
  expect(quantityBytes(text)).toBe(null);
});

it("reads back what was written in whole units", () => {
  const units = fc.constantFrom(["Ki", 2 ** 10] as const, ["Mi", 2 ** 20] as const, ["M", 1e6] as const);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), units, (count, [unit, factor]) => {
      expect(quantityBytes(`${count}${unit}`)).toBe(count * factor);
    }),
  );
});
