import { buildTool } from "../../../scripts/toolchain/build.ts";
import { HELM, K3D, KUBECTL } from "../../../scripts/toolchain/tools.ts";
import { isNewEnough } from "../../tier/k3d/tools.ts";
import type { KubernetesTool } from "../../tier/k3d/tools.ts";
import { candidate, install, refreshLists } from "./apt.ts";
import type { RepairSite } from "./apt.ts";

/** Debian's and Ubuntu's names, and those of the projects' own package sources where somebody has added them. */
const PACKAGES: Readonly<Record<KubernetesTool, readonly string[]>> = {
  k3d: [],
  kubectl: ["kubectl", "kubernetes-client"],
  helm: ["helm"],
};
const PINNED = { k3d: K3D, kubectl: KUBECTL, helm: HELM } as const;

/** From the distribution if what it has is new enough, else built from the Go modules pinned in this project. */
export async function getKubernetesTool(
  name: KubernetesTool,
  site: RepairSite,
  mayInstall: boolean,
): Promise<void> {
  if (mayInstall && PACKAGES[name].length > 0) {
    await refreshLists(site);
    for (const debianPackage of PACKAGES[name]) {
      const version = await candidate(site, debianPackage);
      if (version !== null && isNewEnough(name, version)) return install(site, [debianPackage]);
    }
  }
  await buildTool(PINNED[name], site);
}
