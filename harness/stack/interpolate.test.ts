import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate, InterpolationError } from "./interpolate.ts";

const variables = { SET: "value", EMPTY: "" };

describe("interpolate", () => {
  it.each([
    ["$SET/x", "value/x"],
    ["${SET}", "value"],
    ["${UNSET}", ""],
    ["${UNSET:-other}", "other"],
    ["${EMPTY:-other}", "other"],
    ["${EMPTY-other}", ""],
    ["${UNSET-other}", "other"],
    ["${SET:+instead}", "instead"],
    ["${EMPTY:+instead}", ""],
    ["${EMPTY+instead}", "instead"],
    ["${SET:?must}", "value"],
    ["${UNSET:-${SET}-${UNSET:-deep}}", "value-deep"],
    ["${UNSET:-a:b?c}", "a:b?c"],
    ["cost: $$5 and $${SET}", "cost: $5 and ${SET}"],
  ])("%s → %s", (text, expected) => {
    expect(interpolate(text, variables)).toBe(expected);
  });

  it.each([
    ["${UNSET:?the password}", "UNSET must be set: the password"],
    ["${EMPTY:?}", "EMPTY must be set"],
    ["${SET", "never closed"],
    ["a $ b", 'write "$$"'],
    ["${SET!x}", "no interpolation"],
  ])("refuses %s", (text, message) => {
    expect(() => interpolate(text, variables)).toThrow(InterpolationError);
    expect(() => interpolate(text, variables)).toThrow(message);
  });

  it("leaves text without a dollar sign alone, and gives back any text whose dollars are doubled", () => {
    fc.assert(
      fc.property(fc.string(), (text) => interpolate(text.replaceAll("$", "$$$$"), variables) === text),
    );
  });

  it("never hangs and fails only with its own error", () => {
    const pieces = fc.constantFrom("$", "{", "}", ":", "-", "?", "+", "SET", "x", " ");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          expect(typeof interpolate(parts.join(""), variables)).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(InterpolationError);
        }
      }),
    );
  });
});
