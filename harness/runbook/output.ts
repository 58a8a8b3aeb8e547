/** Much output of an operator's command is progress; what decided stands at the end. */
export const OUTPUT_BYTES_MAX = 8_192;

/** Keeps the end of `output`, at most 8 KiB of UTF-8 including a first line that says what was left out. */
export function tailOfOutput(output: string): string {
  const bytes = Buffer.from(output, "utf8");
  if (bytes.length <= OUTPUT_BYTES_MAX) return output;
  const note = `[the first ${bytes.length - OUTPUT_BYTES_MAX} bytes and a little more are left out]\n`;
  let from = bytes.length - (OUTPUT_BYTES_MAX - Buffer.byteLength(note));
  // Never begin in the middle of a character: its later bytes are 10xxxxxx.
  while (from < bytes.length && (bytes[from]! & 0b1100_0000) === 0b1000_0000) from += 1;
  return note + bytes.subarray(from).toString("utf8");
}

/** The last line with something in it, short enough for a sentence. */
export function lastLineOf(output: string): string {
  const line = output.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "no output" : JSON.stringify(line.slice(-160));
}
