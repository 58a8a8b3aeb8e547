import { findCompose } from "../../tier/compose/compose-cli.ts";
import { findEngine } from "../../tier/compose/engine.ts";
import { presentImage } from "../../stack/images/index.ts";
import { findKubernetesTools, isFound, KUBERNETES_TOOLS } from "../../tier/k3d/tools.ts";
import type { KubernetesTool } from "../../tier/k3d/tools.ts";
import { lacksSysResource } from "../capabilities.ts";
import { CLUSTER_IMAGES_NEEDED, IMAGES_NEEDED } from "../images-needed.ts";
import { OPERATOR_TOOLS } from "../operator-tools.ts";
import type { Machine } from "./machine.ts";

/** Everything the plan of a repair depends on. */
export interface Facts {
  readonly isRoot: boolean;
  /** `ID` of os-release; `null` where there is none. */
  readonly distribution: string | null;
  readonly engineAnswers: boolean;
  readonly composeFound: boolean;
  /** Of the images needed, those that are not on the engine; all of them while there is no engine. */
  readonly imagesAbsent: readonly string[];
  /** The same for the images of clusters. */
  readonly clusterImagesAbsent: readonly string[];
  readonly kubernetesToolsAbsent: readonly KubernetesTool[];
  /** Programs that were found on the path. */
  readonly programs: ReadonlySet<Program>;
  readonly sysResourceMissing: boolean;
  readonly daemonJsonExists: boolean;
  /** Does systemd run this machine (see sd_booted(3))? */
  readonly systemd: boolean;
  /** The user has pointed us at an engine; starting another one would not help. */
  readonly dockerHostSet: boolean;
}

const PROGRAMS = ["apt-get", "docker", "dockerd", "iptables", "mmdebstrap", ...OPERATOR_TOOLS] as const;
export type Program = (typeof PROGRAMS)[number];

export const DAEMON_JSON = "/etc/docker/daemon.json";

/** Looks, changes nothing. */
export async function gatherFacts(machine: Machine, signal: AbortSignal): Promise<Facts> {
  const search = await findEngine();
  const docker = search.found ? search.engine.docker : null;
  const has = async (name: Program) =>
    (await machine.run("sh", ["-c", `command -v ${name}`], signal)).exitCode === 0 ? [name] : [];
  const absent = async (images: readonly string[]) => {
    const isPresent = async (image: string) =>
      docker !== null && (await presentImage(docker, image)) !== null;
    return (await Promise.all(images.map(async (image) => ((await isPresent(image)) ? [] : [image])))).flat();
  };
  const tools = await findKubernetesTools();
  return {
    isRoot: machine.isRoot,
    distribution: /^ID="?([a-z]+)"?$/m.exec((await machine.read("/etc/os-release")) ?? "")?.[1] ?? null,
    engineAnswers: search.found,
    composeFound: (await findCompose()).found,
    imagesAbsent: await absent(IMAGES_NEEDED),
    clusterImagesAbsent: await absent(CLUSTER_IMAGES_NEEDED),
    kubernetesToolsAbsent: KUBERNETES_TOOLS.filter((name) => !isFound(tools[name])),
    programs: new Set((await Promise.all(PROGRAMS.map(has))).flat()),
    sysResourceMissing: lacksSysResource((await machine.read("/proc/self/status")) ?? ""),
    daemonJsonExists: await machine.exists(DAEMON_JSON),
    systemd: await machine.exists("/run/systemd/system"),
    dockerHostSet: Boolean(process.env["DOCKER_HOST"]),
  };
}
