import { checksumOf } from "../payload/checksum.ts";
import type { Checksum } from "../payload/checksum.ts";
import type { Part, Upload } from "../store/upload.ts";

/**
 * Of the whole object, or composite: the check sum of the parts' check sums, `-N` behind it. S3 makes a CRC64NVME of the
 * whole where the client announced none.
 */
export function uploadChecksum({ checksum }: Upload, parts: readonly Part[]): Checksum {
  const { algorithm, type } = checksum ?? { algorithm: "crc64nvme", type: "FULL_OBJECT" };
  if (type === "FULL_OBJECT")
    return checksumOf(
      algorithm,
      parts.flatMap(({ pieces }) => pieces),
    );
  const sums = parts.map((part) => Buffer.from(part.checksum?.value ?? "", "base64"));
  return { algorithm, type, value: `${checksumOf(algorithm, sums).value}-${parts.length}` };
}
