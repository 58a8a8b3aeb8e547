const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes into lines. `tooLong` is called once, when a line passes `limit` bytes; nothing comes after it.
 * Bytes that come while a line is handled, as an answer within the same process does, wait for its end.
 */
export function createLines(
  limit: number,
  line: (text: string) => void,
  tooLong: () => void,
): (bytes: Uint8Array) => void {
  let rest: Buffer = Buffer.alloc(0);
  let busy = false;
  let over = false;
  return (bytes) => {
    if (over) return;
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
    if (busy) return;
    busy = true;
    for (let end = rest.indexOf(LINE_FEED); end !== -1 && end <= limit; end = rest.indexOf(LINE_FEED)) {
      const text = rest.toString("utf8", 0, end);
      rest = rest.subarray(end + 1);
      line(text);
    }
    busy = false;
    if (rest.length <= limit) return;
    over = true;
    tooLong();
  };
}
