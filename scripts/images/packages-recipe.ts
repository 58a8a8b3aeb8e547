import { digestOf } from "./digest.ts";
import { distribution } from "./distribution.ts";
import { buildFromPackages } from "./packages.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

export interface PackagesRecipe {
  /** What the packages are for: the image is `firedrill.local/<name>-packages`. */
  readonly name: string;
  readonly estimateSeconds: number;
  /** Upstream version of the main package. */
  readonly version: () => Promise<string>;
  readonly packages: (version: string) => readonly string[];
  /** Paths inside the image that are not unpacked. */
  readonly leftOut?: readonly string[];
}

/** The slow half of a database image, kept for itself, so that a change of its entrypoint costs a second. */
export function packagesRecipe(spec: PackagesRecipe): Recipe {
  return {
    repository: `${spec.name}-packages`,
    estimateSeconds: spec.estimateSeconds,
    // With a placeholder for the version: security updates do not make a build stale.
    digest: async () => digestOf(...spec.packages("N"), ...(spec.leftOut ?? [])),
    async offer() {
      const { slug, label } = await distribution();
      const version = await spec.version();
      return {
        reference: `${LOCAL}/${spec.name}-packages:${version.split(".")[0]}-${slug}`,
        version,
        madeFrom: `${label}'s ${spec.packages(version)[0]} ${version}`,
      };
    },
    async build(site, { offer, labels }) {
      const packages = spec.packages(offer.version);
      const leftOut = spec.leftOut ?? [];
      await buildFromPackages(site, { reference: offer.reference, packages, leftOut, labels });
    },
  };
}
