import { base } from "./base.ts";
import { node } from "./node.ts";
import { postgres, postgresPackages } from "./postgres.ts";
import type { Recipe } from "./recipe.ts";
import { redis, redisPackages } from "./redis.ts";
import { standIns } from "./stand-ins.ts";
import { toolbox } from "./toolbox.ts";

/** Every image that can be built where no registry answers. */
export const RECIPES: readonly Recipe[] = [
  base,
  node,
  postgresPackages,
  postgres,
  redisPackages,
  redis,
  toolbox,
  standIns,
];

export { LOCAL } from "./recipe.ts";
export type { BuildSite, Offer, Recipe } from "./recipe.ts";
export { TOOLBOX } from "./toolbox.ts";
