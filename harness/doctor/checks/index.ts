import type { Check } from "../check.ts";
import { clusterImages } from "./cluster-images.ts";
import { compose } from "./compose.ts";
import { disk } from "./disk.ts";
import { engine } from "./engine.ts";
import { images } from "./images.ts";
import { kernel } from "./kernel.ts";
import { kubernetesTools } from "./kubernetes-tools.ts";
import { leftovers } from "./leftovers.ts";
import { node } from "./node.ts";
import { operatorTools } from "./operator-tools.ts";
import { ports } from "./ports.ts";

/** All checks, in the order in which they are printed. */
export const CHECKS: readonly Check[] = [
  node,
  ports,
  disk,
  engine,
  compose,
  images,
  kubernetesTools,
  clusterImages,
  operatorTools,
  kernel,
  leftovers,
];
