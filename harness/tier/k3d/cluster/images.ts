import type Docker from "dockerode";
import { K3D_PROXY_IMAGE, K3D_TOOLS_IMAGE, NODE_IMAGE } from "../../../../scripts/images/index.ts";
import type { Emit } from "../../../events/vocabulary.ts";
import { resolveImage } from "../../../stack/images/index.ts";
import type { ClusterSpec } from "../../../stack/spec.ts";

/** What clusters are made of, as the engine has it. */
export interface ClusterImages {
  readonly node: string;
  /** k3d's load balancer; null when no cluster has several servers. */
  readonly proxy: string | null;
  /** The container that k3d starts beside each cluster. */
  readonly tools: string;
}

/** Finds the images of nodes and of k3d's helpers, one after another because one build is the next one's foundation. Each is told. @throws ENV_IMAGE */
export async function clusterImages(
  docker: Docker,
  clusters: readonly ClusterSpec[],
  options: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<ClusterImages> {
  const find = (image: string) => findImage(docker, image, options);
  const node = await find(NODE_IMAGE);
  const tools = await find(K3D_TOOLS_IMAGE);
  const proxy = clusters.some(({ servers }) => servers > 1) ? await find(K3D_PROXY_IMAGE) : null;
  return { node, tools, proxy };
}

/** Image as it is called → what to run; told as `run.image`. @throws ENV_IMAGE */
export async function findImage(
  docker: Docker,
  image: string,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<string> {
  const { use, how, substitution } = await resolveImage(docker, image, { signal });
  emit({ kind: "run.image", image, use, how, substitution });
  return use;
}
