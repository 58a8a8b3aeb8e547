import type Docker from "dockerode";
import type { Offer, Recipe } from "../../../scripts/images/index.ts";

/** Labels of a local build: what it stands in for and what it was made of. */
const LABEL = {
  repository: "dev.firedrill.image",
  version: "dev.firedrill.image.version",
  madeFrom: "dev.firedrill.image.made-from",
  digest: "dev.firedrill.image.digest",
} as const;

/** A local build found on the engine. */
export interface LocalBuild {
  readonly id: string;
  readonly reference: string;
  readonly version: string;
  readonly madeFrom: string;
  readonly digest: string;
  /** Unix time in seconds. */
  readonly createdAtSeconds: number;
}

/** The labels of what is about to be built. */
export const labelsOf = async (recipe: Recipe, offer: Offer): Promise<Record<string, string>> => ({
  [LABEL.repository]: recipe.repository,
  [LABEL.version]: offer.version,
  [LABEL.madeFrom]: offer.madeFrom,
  [LABEL.digest]: await recipe.digest(),
});

/** Is there an image of exactly this name? */
export async function hasImage(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** Every local build for a repository that still has a name. */
export async function localBuilds(docker: Docker, recipe: Recipe): Promise<LocalBuild[]> {
  const images = await docker.listImages({
    filters: JSON.stringify({ label: [`${LABEL.repository}=${recipe.repository}`] }),
  });
  return images.flatMap(({ Id, RepoTags, Labels, Created }) =>
    (RepoTags ?? [])
      .filter((reference) => reference.startsWith("firedrill.local/"))
      .map((reference) => ({
        id: Id,
        reference,
        version: Labels[LABEL.version] ?? "",
        madeFrom: Labels[LABEL.madeFrom] ?? "an unknown source",
        digest: Labels[LABEL.digest] ?? "",
        createdAtSeconds: Created,
      })),
  );
}
