import { hashText, mix } from "../../../service/random.ts";
import type { Kernel } from "./kernel.ts";

/**
 * A running digest of all that happens in the world. Two trials with the same plan and seed must end with the same
 * one; if they do not, something in the stack looked at the real world (see determinism.ts).
 */
export class Trace {
  readonly #kernel: Kernel;
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  #count = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  note(...parts: readonly (string | number)[]): void {
    this.#fold(this.#kernel.nowUs());
    for (const part of parts) this.#fold(typeof part === "string" ? hashText(part) : part);
    this.#count += 1;
  }

  /** 16 hex digits and the number of notes. */
  digest(): string {
    return `${hex(this.#high)}${hex(this.#low)}-${this.#count}`;
  }

  #fold(value: number): void {
    // Microseconds outgrow 32 bits after 71 minutes: both halves count.
    const word = mix(value | 0) ^ mix(Math.floor(value / 2 ** 32) + 1);
    this.#low = mix(this.#low ^ word);
    this.#high = Math.imul(this.#high ^ this.#low, 0x01000193);
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
