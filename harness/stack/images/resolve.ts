import type Docker from "dockerode";
import { LOCAL, RECIPES, TOOLBOX } from "../../../scripts/images/index.ts";
import type { BuildSite, Offer, Recipe } from "../../../scripts/images/index.ts";
import { FiredrillError } from "../../error.ts";
import { buildLocally } from "./build.ts";
import { hasImage, localBuilds } from "./present.ts";
import type { LocalBuild } from "./present.ts";
import { pullImage } from "./pull.ts";
import { mayStandIn, parseReference } from "./reference.ts";

export interface ResolveOptions {
  readonly signal: AbortSignal;
  /** One line per change of state, for people. */
  readonly progress?: (line: string) => void;
  /** The recipes to build from; the project's own unless a test brings others. */
  readonly recipes?: readonly Recipe[];
}

export interface ResolvedImage {
  /** As it was asked for. */
  readonly image: string;
  /** What to run. */
  readonly use: string;
  readonly how: "present" | "pulled" | "built";
  /** When `use` is not what was asked for: what it is instead, for the report. */
  readonly substitution: string | null;
}

/**
 * Finds an image: present, else pulled, else built here by a recipe of `scripts/images`. A local build keeps its
 * own name and is declared as a substitution; it is never tagged as the image it stands in for.
 * @throws ENV_IMAGE when there is no way to get it.
 */
export async function resolveImage(
  docker: Docker,
  image: string,
  options: ResolveOptions,
): Promise<ResolvedImage> {
  const { repository } = parseReference(image);
  const recipes = options.recipes ?? RECIPES;
  if (repository.startsWith(`${LOCAL}/`)) return resolveOurs(docker, image, recipes, options);
  const fetched = await fetchImage(docker, image, options, async () => {
    const build = await existingStandIn(docker, image, recipes);
    return build && standIn(image, build, "present", "is not on this machine");
  });
  if (typeof fetched !== "string") return fetched;

  const recipe = recipes.find((one) => one.repository === repository);
  if (recipe === undefined) throw unobtainable(image, fetched, "there is no recipe to build it locally");
  const offer = await recipe.offer();
  const { agreesOn } = recipe;
  const local = { version: offer.version, aliases: await recipe.aliases?.(), agreesOn };
  if (!mayStandIn(parseReference(image), local)) {
    throw unobtainable(
      image,
      fetched,
      `the local recipe builds ${repository} ${offer.version}, which is no stand-in`,
    );
  }
  const how = await buildLocally(recipe, offer, siteFor(docker, options));
  return standIn(image, offer, how, `could not be pulled (${fetched})`);
}

/** The image or its stand-in if it is on the engine already; pulls and builds nothing. */
export async function presentImage(docker: Docker, image: string): Promise<string | null> {
  if (await hasImage(docker, image)) return image;
  return (await existingStandIn(docker, image, RECIPES))?.reference ?? null;
}

/** The helper container's image. @throws ENV_IMAGE */
export async function ensureToolbox(docker: Docker, options: ResolveOptions): Promise<string> {
  return (await resolveImage(docker, TOOLBOX, options)).use;
}

/** Our own image names: built, never pulled, and no substitution for anything. */
async function resolveOurs(
  docker: Docker,
  image: string,
  recipes: readonly Recipe[],
  options: ResolveOptions,
): Promise<ResolvedImage> {
  const { repository, tag } = parseReference(image);
  const recipe = recipes.find(
    (one) => one.repository === repository || `${LOCAL}/${one.repository}` === repository,
  );
  const offer = await recipe?.offer();
  if (recipe === undefined || offer === undefined || (tag !== null && offer.reference !== image)) {
    if (await hasImage(docker, image)) return { image, use: image, how: "present", substitution: null };
    throw unobtainable(
      image,
      "it is a local name",
      `only ${offer?.reference ?? "images with a recipe"} can be built`,
    );
  }
  const how = await buildLocally(recipe, offer, siteFor(docker, options));
  return { image, use: offer.reference, how, substitution: null };
}

/** Present, or found by `second`, or pulled; else the reason why it could not be pulled. */
async function fetchImage(
  docker: Docker,
  image: string,
  options: ResolveOptions,
  second: () => Promise<ResolvedImage | null> = async () => null,
): Promise<ResolvedImage | string> {
  if (await hasImage(docker, image)) return { image, use: image, how: "present", substitution: null };
  const other = await second();
  if (other !== null) return other;
  const result = await pullImage(docker, image, options.signal, options.progress ?? (() => {}));
  return result.pulled ? { image, use: image, how: "pulled", substitution: null } : result.reason;
}

/** A local build that is there already; on a machine that could not build it, one that was loaded will do. */
async function existingStandIn(
  docker: Docker,
  image: string,
  recipes: readonly Recipe[],
): Promise<LocalBuild | null> {
  const reference = parseReference(image);
  const recipe = recipes.find((one) => isFor(one, reference.repository));
  if (recipe === undefined) return null;
  const builds = await localBuilds(docker, recipe);
  if (builds.length === 0) return null;
  const digest = await recipe.digest().catch(() => null);
  const aliases = await recipe.aliases?.().catch(() => []);
  const suits = (build: LocalBuild) =>
    mayStandIn(reference, { version: build.version, aliases, agreesOn: recipe.agreesOn }) &&
    (digest === null || build.digest === digest);
  return builds.find(suits) ?? null;
}

/** By the name that it stands in for, or by its own. */
const isFor = (recipe: Recipe, repository: string): boolean =>
  repository === recipe.repository || repository === `${LOCAL}/${recipe.repository}`;

function siteFor(docker: Docker, options: ResolveOptions): BuildSite {
  return {
    docker,
    signal: options.signal,
    progress: options.progress ?? (() => {}),
    image: async (reference) => (await resolveImage(docker, reference, options)).use,
    fetch: async (reference) => {
      const fetched = await fetchImage(docker, reference, options);
      return typeof fetched === "string" ? null : fetched.use;
    },
  };
}

function standIn(
  image: string,
  build: Pick<Offer, "reference" | "madeFrom">,
  how: "present" | "built",
  why: string,
): ResolvedImage {
  const substitution = `${image} ${why}; used ${build.reference}, built locally from ${build.madeFrom}`;
  return { image, use: build.reference, how, substitution };
}

function unobtainable(image: string, pull: string, local: string): FiredrillError {
  return new FiredrillError("ENV_IMAGE", `the image ${image} is not to be had`, {
    received: `not present; pull: ${pull}; ${local}`,
    expected: "an image that is present, can be pulled, or has a recipe in scripts/images",
    hint: `docker pull ${image}, or docker load it from a file, or build it and name it so`,
  });
}
