import fc from "fast-check";
import { expect, test } from "vitest";
import { excerpt, oneLine, plainText } from "./plain-text.ts";

test("terminal escapes go, their text stays", () => {
  expect(plainText("\u001b[1;31mred\u001b[0m")).toBe("red");
  expect(plainText("\u001b]0;a title\u0007text")).toBe("text");
  expect(plainText("\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\")).toBe("link");
  expect(plainText("a\tb\nc")).toBe("a\tb\nc");
});

test("whatever comes in, only characters that XML allows go out", () => {
  // XML 1.0, production 2 (Char), less the C1 controls.
  const allowed = /^[\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(plainText(text)).toMatch(allowed);
      expect(oneLine(text, 20).length).toBeLessThanOrEqual(40);
      expect(oneLine(text)).not.toMatch(/[\n\r]/);
    }),
  );
});

test("an excerpt is the end of the output and says what it leaves out", () => {
  const output = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\r\n");
  const { text, linesLeftOut } = excerpt(output, 3);
  expect(text).toBe("line 97\nline 98\nline 99");
  expect(linesLeftOut).toBe(97);
  expect(excerpt("x".repeat(10_000)).text).toHaveLength(4_000);
});
