import { assertNever } from "../../error.ts";
import { resolveImage } from "../../stack/images/index.ts";
import { requireEngine } from "../../tier/compose/engine.ts";
import { install } from "./apt.ts";
import type { RepairSite } from "./apt.ts";
import { getCompose } from "./get-compose.ts";
import { getKubernetesTool } from "./get-kubernetes-tool.ts";
import type { Repair } from "./plan.ts";
import { writeRuntimeWrapper } from "./runtime-wrapper.ts";
import { startEngine } from "./start-engine.ts";

/** Makes one repair of the plan. @throws FiredrillError that says what went wrong */
export async function makeRepair(repair: Repair, site: RepairSite, mayInstall: boolean): Promise<void> {
  switch (repair.kind) {
    case "packages":
      return install(site, repair.names);
    case "runtime-wrapper":
      return writeRuntimeWrapper(site.machine);
    case "start-engine":
      return startEngine(site, repair.how);
    case "compose":
      return getCompose(site, mayInstall);
    case "images":
    case "cluster-images": {
      const { docker } = await requireEngine();
      for (const image of repair.images) {
        const { how, use } = await resolveImage(docker, image, site);
        site.progress(`${image}: ${how}${use === image ? "" : `, as ${use}`}`);
      }
      return;
    }
    case "kubernetes-tools":
      for (const name of repair.names) await getKubernetesTool(name, site, mayInstall);
      return;
    default:
      return assertNever(repair);
  }
}
