/** One file of a run's folder and the SHA-256 of its bytes, in lower-case hexadecimal. */
export interface ManifestEntry {
  /** Relative to the run's folder, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
}

/**
 * The content of `MANIFEST.sha256`, which `sha256sum -c MANIFEST.sha256` checks: sorted by path;
 * a path with a line break or backslash is escaped as coreutils does it.
 */
export function manifest(entries: readonly ManifestEntry[]): string {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return sorted.map(line).join("");
}

function line({ path, sha256 }: ManifestEntry): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === path ? "" : "\\"}${sha256}  ${escaped}\n`;
}
