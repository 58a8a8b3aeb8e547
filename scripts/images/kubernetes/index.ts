import { K3D, KUBERNETES_VERSION } from "../../toolchain/tools.ts";
import type { Recipe } from "../recipe.ts";
import { k3dProxy, k3dTools } from "./k3d-helpers.ts";
import { kubernetesNode } from "./node.ts";
import { nodePackages } from "./packages.ts";
import { POD_IMAGES } from "./pod-images.ts";
import { nodePrograms } from "./programs.ts";

/** The images that a cluster needs, by the names under which the world knows them. */
export const NODE_IMAGE = `rancher/k3s:${KUBERNETES_VERSION}-k3s1`;
export const K3D_PROXY_IMAGE = `ghcr.io/k3d-io/k3d-proxy:${K3D.version.slice(1)}`;
export const K3D_TOOLS_IMAGE = `ghcr.io/k3d-io/k3d-tools:${K3D.version.slice(1)}`;

export const KUBERNETES_RECIPES: readonly Recipe[] = [
  nodePackages,
  ...POD_IMAGES,
  nodePrograms,
  kubernetesNode,
  k3dProxy,
  k3dTools,
];
