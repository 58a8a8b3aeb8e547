import fc from "fast-check";
import { expect, it } from "vitest";
import { demultiplex } from "./containers.ts";

it("joins the frames of both streams in order", () => {
  const frame = fc.record({ stream: fc.constantFrom(1, 2), text: fc.string() });
  fc.assert(
    fc.property(fc.array(frame), (frames) => {
      const raw = frames.map(({ stream, text }) => {
        const body = Buffer.from(text);
        const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
        head.writeUInt32BE(body.length, 4);
        return Buffer.concat([head, body]);
      });
      const all = frames.map(({ text }) => text).join("");
      expect(demultiplex(Buffer.concat(raw))).toBe(Buffer.from(all).toString("utf8"));
    }),
  );
});

it("takes what there is of a frame that was cut off", () => {
  expect(demultiplex(Buffer.from([1, 0, 0, 0, 0, 0, 0, 9, 0x61, 0x62]))).toBe("ab");
});
