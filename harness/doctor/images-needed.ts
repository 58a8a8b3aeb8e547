import { K3D_PROXY_IMAGE, K3D_TOOLS_IMAGE, NODE_IMAGE, TOOLBOX } from "../../scripts/images/index.ts";

/** What the shipped stacks and our own helper containers run. */
export const IMAGES_NEEDED: readonly string[] = [TOOLBOX, "node:24-slim", "postgres:15"];

/** What clusters are made of. */
export const CLUSTER_IMAGES_NEEDED: readonly string[] = [NODE_IMAGE, K3D_TOOLS_IMAGE, K3D_PROXY_IMAGE];
