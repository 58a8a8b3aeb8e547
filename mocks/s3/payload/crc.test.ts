import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32Bytes, crc32cBytes, crc64nvmeBytes } from "./crc.ts";

/** The check values of the catalogue of parametrised CRC algorithms: CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME. */
test("the catalogue's check values", () => {
  const text = [Buffer.from("123456789")];
  expect(crc32Bytes(text).toString("hex")).toBe("cbf43926");
  expect(crc32cBytes(text).toString("hex")).toBe("e3069283");
  expect(crc64nvmeBytes(text).toString("hex")).toBe("ae8b14860a799888");
});

test("pieces give what the whole gives", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
      for (const sum of [crc32Bytes, crc32cBytes, crc64nvmeBytes])
        expect(sum([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(sum([bytes]));
    }),
  );
});
