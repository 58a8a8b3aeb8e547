/** Keeps the last so many bytes of a stream, and says how many it dropped. */
export class Tail {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Compacting only at twice the limit keeps the work per byte constant.
    if (this.#bytes > 2 * this.#limitBytes) this.#compact();
  }

  /** The text; when something was dropped, the first line says so, within the limit. */
  text(): string {
    this.#compact();
    const kept = Buffer.concat(this.#chunks);
    if (this.#dropped === 0) return kept.toString("utf8");
    const note = `[the first ${this.#dropped} bytes were dropped]\n`;
    // A cut inside a character would show as a replacement sign.
    return (
      note +
      kept
        .subarray(note.length)
        .toString("utf8")
        .replace(/^\uFFFD+/, "")
    );
  }

  #compact(): void {
    if (this.#bytes <= this.#limitBytes) return;
    const all = Buffer.concat(this.#chunks);
    this.#dropped += all.length - this.#limitBytes;
    this.#chunks = [all.subarray(all.length - this.#limitBytes)];
    this.#bytes = this.#limitBytes;
  }
}
