/** More than this and the oldest go, as in the kernel's own ring. */
const MAX_LINES = 10_000;

/** One line of the kernel log. */
export interface KernelLine {
  /** Counts from 0, over boots too. */
  readonly seq: number;
  readonly atMs: number;
  /** As the driver says it: `NVRM: Xid (PCI:0000:2b:00): 79, …` */
  readonly text: string;
}

export interface KernelLog {
  add(atMs: number, text: string): void;
  /** Those from `since` on, oldest first. */
  lines(since?: number): readonly KernelLine[];
  /** A new boot begins with an empty log. */
  clear(): void;
}

export function createKernelLog(): KernelLog {
  let lines: KernelLine[] = [];
  let seq = 0;
  return {
    add(atMs, text) {
      lines.push({ seq: seq++, atMs, text });
      if (lines.length > MAX_LINES) lines = lines.slice(MAX_LINES / 2);
    },
    lines: (since = 0) => lines.filter((line) => line.seq >= since),
    clear: () => void (lines = []),
  };
}

/** As reads of /dev/kmsg give it (Documentation/ABI/testing/dev-kmsg): level 4, sequence, microseconds, no flags. */
export function kmsgText(lines: readonly KernelLine[]): string {
  return lines.map(({ seq, atMs, text }) => `4,${seq},${Math.round(atMs * 1_000)},-;${text}\n`).join("");
}

/** As dmesg prints it. */
export function dmesgText(lines: readonly KernelLine[]): string {
  return lines.map(({ atMs, text }) => `[${(atMs / 1_000).toFixed(6).padStart(12)}] ${text}\n`).join("");
}
