import { writeSync } from "node:fs";

/** Writes all of `text`: `writeSync` may write less than asked when the disk is nearly full. @throws ENOSPC and its like */
export function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
}
