import { base } from "./base.ts";
import { KUBERNETES_RECIPES } from "./kubernetes/index.ts";
import { mocks } from "./mocks.ts";
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
  mocks,
  ...KUBERNETES_RECIPES,
];

export { K3D_PROXY_IMAGE, K3D_TOOLS_IMAGE, NODE_IMAGE } from "./kubernetes/index.ts";
export { LOCAL } from "./recipe.ts";
export type { BuildSite, Offer, Recipe } from "./recipe.ts";
export { TOOLBOX } from "./toolbox.ts";
