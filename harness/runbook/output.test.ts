import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastLineOf, OUTPUT_BYTES_MAX, tailOfOutput } from "./output.ts";

describe("the tail of an output", () => {
  it("is at most 8 KiB, keeps the end and says what it left out", () => {
    const tail = tailOfOutput(`${"x".repeat(20_000)}\nthe end`);
    expect(Buffer.byteLength(tail)).toBe(OUTPUT_BYTES_MAX);
    expect(tail).toMatch(/^\[the first 11816 bytes/);
    expect(tail.endsWith("\nthe end")).toBe(true);
  });

  it("never cuts a character in two", () => {
    const text = fc
      .tuple(fc.string({ unit: "grapheme", maxLength: 9 }), fc.nat(9))
      .map(([part, n]) => "x".repeat(n) + part.repeat(3_000));
    fc.assert(
      fc.property(text, (output) => {
        const tail = tailOfOutput(output);
        expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(OUTPUT_BYTES_MAX);
        expect(output.toWellFormed().endsWith(tail.replace(/^\[the first.*\n/, ""))).toBe(true);
      }),
    );
  });

  it("has a last line that fits into a sentence", () => {
    expect(lastLineOf("a\n b \n\n")).toBe('"b"');
    expect(lastLineOf("\n")).toBe("no output");
  });
});
