/** An image reference, taken apart. */
export interface ImageReference {
  /** Repository without the default registry's decorations: `postgres`, `firedrill.local/toolbox`. */
  readonly repository: string;
  /** `null` when none was written. */
  readonly tag: string | null;
  /** `sha256:…` when the reference pins one. */
  readonly digest: string | null;
}

/** `registry.example/library/postgres:15-alpine` → repository `postgres`, tag `15-alpine`: `library` means official. */
export function parseReference(image: string): ImageReference {
  const [name = "", digest = null] = image.split("@", 2);
  const colon = name.lastIndexOf(":");
  // A colon before the last slash belongs to a registry's port.
  const tagged = colon > name.lastIndexOf("/");
  const repository = (tagged ? name.slice(0, colon) : name).replace(/^([^/]+\/)?library\//, "");
  return { repository, tag: tagged ? name.slice(colon + 1) : null, digest };
}

/** The engine pulls *every* tag of a reference without one, so a missing tag is said out loud. */
export function withTag(image: string): string {
  const { tag, digest } = parseReference(image);
  return tag === null && digest === null ? `${image}:latest` : image;
}

/** What a local build is, as far as standing in for another image goes. */
export interface StandIn {
  readonly version: string;
  /** Other words for the version in tags. */
  readonly aliases?: readonly string[] | undefined;
  /** How much of the version must agree; the major version unless said otherwise. */
  readonly agreesOn?: "major" | "minor" | undefined;
}

/**
 * May a local build stand in for this reference? The major (and, if it says so, the minor) version must agree as far
 * as the tag tells it; a tag without a number (`latest`, `alpine`) asks for none. A pinned digest can never be stood
 * in for.
 */
export function mayStandIn(reference: ImageReference, standIn: StandIn): boolean {
  if (reference.digest !== null) return false;
  const tag = reference.tag ?? "latest";
  if (standIn.aliases?.some((alias) => tag === alias || tag.startsWith(`${alias}-`))) return true;
  const wanted = numbersOf(tag).slice(0, standIn.agreesOn === "minor" ? 2 : 1);
  const built = numbersOf(standIn.version);
  return wanted.every((number, at) => number === built[at]);
}

/** `v1.34.3-k3s1` → 1, 34, 3 */
const numbersOf = (version: string): string[] => /^v?(\d+(?:\.\d+)*)/.exec(version)?.[1]?.split(".") ?? [];
