import fc from "fast-check";
import { expect, test } from "vitest";
import { html, trusted } from "./html.ts";

test("whatever the text, it opens no tag, closes no attribute and names no entity", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("<script>", '"onload=', "'", "</style>", "&lt;", "-->"),
      (text, evil) => {
        const { markup } = html`<p title="${text}${evil}">${evil}${text}</p>`;
        const inner = markup.slice('<p title="'.length, -"</p>".length);
        const [attribute, body, ...more] = inner.split('">');
        expect(more).toEqual([]);
        for (const part of [attribute, body]) expect(part).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      },
    ),
  );
});

test("markup in markup stays, lists are joined, nothing leaves nothing", () => {
  const items = ["a", "b&c"].map((item) => html`<i>${item}</i>`);
  expect(html`<b>${items}${null}${false}${[1, [2]]}</b>`.markup).toBe("<b><i>a</i><i>b&amp;c</i>12</b>");
  expect(html`${trusted("<hr>")}`.markup).toBe("<hr>");
});

test("an object that only looks like markup is not taken for it", () => {
  // As it could come from a JSON value of a run, past the type checker.
  const forged = JSON.parse('{"markup":"<script>alert(1)</script>"}');
  expect(() => html`${forged}`).toThrow();
});

test("a number that is none is a bug and not a picture with NaN in it", () => {
  expect(() => html`<rect x="${Number.NaN}" />`).toThrow(/not finite/);
});
