import type Docker from "dockerode";
import type { BuildSite, Offer, Recipe } from "../../../scripts/images/index.ts";
import { announced } from "./announced.ts";
import { withBuildLock } from "./build-lock.ts";
import { labelsOf, localBuilds } from "./present.ts";
import type { LocalBuild } from "./present.ts";

const DEADLINE_MS = 15 * 60_000;
/** A superseded build younger than this may belong to a run that is just starting. */
const KEEP_SECONDS = 24 * 3_600;

/** Builds what a recipe offers, unless another process has done so by the time the lock is ours. */
export async function buildLocally(
  recipe: Recipe,
  offer: Offer,
  site: BuildSite,
): Promise<"built" | "present"> {
  const { signal, progress, docker } = site;
  return withBuildLock(offer.reference, { signal, progress }, async () => {
    const [there, digest] = await Promise.all([localBuilds(docker, recipe), recipe.digest()]);
    const isIt = (one: LocalBuild) => one.reference === offer.reference && one.digest === digest;
    if (there.some(isIt)) return "present";
    // Before the announcement, so that its estimate holds.
    const from = recipe.foundation === undefined ? null : await site.image(await recipe.foundation());
    const bounded = { ...site, signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]) };
    await announced(
      {
        what: `${offer.reference} locally`,
        verb: ["building", "built"],
        estimateSeconds: recipe.estimateSeconds,
        progress,
      },
      async () =>
        recipe.build(bounded, { offer, from: from ?? "scratch", labels: await labelsOf(recipe, offer) }),
    );
    await removeSuperseded(docker, recipe, offer, there);
    return "built";
  });
}

/**
 * Builds would pile up with every edit: what has just lost its name to the new build goes, and so do old builds
 * under other names. Images in use are refused by the engine, and stay.
 */
async function removeSuperseded(
  docker: Docker,
  recipe: Recipe,
  offer: Offer,
  before: readonly LocalBuild[],
): Promise<void> {
  const oldSeconds = Date.now() / 1000 - KEEP_SECONDS;
  const replaced = before.filter((one) => one.reference === offer.reference).map((one) => one.id);
  const others = (await localBuilds(docker, recipe))
    .filter((one) => one.reference !== offer.reference && one.createdAtSeconds < oldSeconds)
    .map((one) => one.reference);
  await Promise.all(
    [...replaced, ...others].map((name) =>
      docker
        .getImage(name)
        .remove()
        .catch(() => undefined),
    ),
  );
}
