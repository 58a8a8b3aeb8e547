import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("the order in which keys were set leaves no trace", () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, field]) => [key, reversed(field)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      fc.pre(!JSON.stringify(value).includes("__proto__"));
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("keys are sorted, undefined fields left out, the spelling is fixed", () => {
  expect(canonicalJson({ b: [2, -0], a: { d: undefined, c: "é" } })).toBe(
    '{\n  "a": {\n    "c": "é"\n  },\n  "b": [\n    2,\n    0\n  ]\n}\n',
  );
});

test.each([NaN, Infinity, -Infinity, undefined, () => 1, 1n, Symbol("s")])("%s is no JSON", (value) => {
  expect(() => canonicalJson({ deep: [value] })).toThrow(/^\$\.deep\[0\] is no JSON value$/);
});

test("a cycle ends in an error and not in the end of the stack", () => {
  const cycle: Record<string, unknown> = {};
  cycle["again"] = cycle;
  expect(() => canonicalJson(cycle)).toThrow(/is no JSON value/);
});
