import fc from "fast-check";
import { expect, test } from "vitest";
import { readXml, xmlDocument } from "./xml.ts";

const read = (text: string) => readXml(Buffer.from(text), "Delete");

test("what is written is read again", () => {
  const text = fc.string({ unit: "grapheme-ascii", minLength: 1 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (keys) => {
      const objects = keys.map((Key) => ({ Key }));
      expect(read(xmlDocument("Delete", { Object: objects }))).toEqual({ Object: objects });
    }),
  );
});

test("entities as Go, Java and Python write them", () => {
  const read1 = (key: string) =>
    read(`<Delete xmlns="x"><Object><Key>${key}</Key></Object></Delete>`)["Object"];
  expect(read1("&#34;a&#x22;&quot;&amp;&lt;&#10;")).toEqual([{ Key: '"a""&<\n' }]);
  expect(read1(" a ")).toEqual([{ Key: " a " }]);
});

test("what is no such document", () => {
  for (const text of ["", "{}", "<Delete>", "<Other/>", "<Delete></Other>"])
    expect(() => read(text), text).toThrow("not well-formed");
  expect(read("<Delete/>")).toEqual({});
});
