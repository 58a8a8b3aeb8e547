import fc from "fast-check";
import { expect, it } from "vitest";
import { Tail } from "./tail.ts";

it("keeps everything up to the limit and the end beyond it", () => {
  const chunks = fc.array(fc.stringMatching(/^[a-z]{0,40}$/), { maxLength: 60 });
  fc.assert(
    fc.property(chunks, (parts) => {
      const tail = new Tail(200);
      for (const part of parts) tail.add(Buffer.from(part));
      const all = parts.join("");
      const text = tail.text();
      expect(text.length).toBeLessThanOrEqual(200);
      if (all.length <= 200) {
        expect(text).toBe(all);
        return;
      }
      const [note = "", rest = ""] = text.split("\n");
      expect(note).toBe(`[the first ${all.length - 200} bytes were dropped]`);
      expect(all.endsWith(rest)).toBe(true);
    }),
  );
});

it("does not show half a character", () => {
  const tail = new Tail(64);
  tail.add(Buffer.from("é".repeat(100)));
  expect(tail.text()).toMatch(/^\[the first 136 bytes were dropped\]\né+$/);
});
