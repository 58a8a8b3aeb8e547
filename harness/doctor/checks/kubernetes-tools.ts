import { findKubernetesTools, isFound, KUBERNETES_TOOLS } from "../../tier/k3d/tools.ts";
import type { FoundTool, KubernetesTool, MissingTool } from "../../tier/k3d/tools.ts";
import type { Check, CheckResult } from "../check.ts";

/** Are k3d, kubectl and helm there, and new enough? They can be found before any engine is. */
export const kubernetesTools: Check = {
  id: "kubernetes-tools",
  title: "Kubernetes tools",
  neededBy: "k3d",
  run: async () => judgeKubernetesTools(await findKubernetesTools()),
};

export function judgeKubernetesTools(
  tools: Readonly<Record<KubernetesTool, FoundTool | MissingTool>>,
): CheckResult {
  const found: string[] = [];
  const absent: string[] = [];
  const tried: string[] = [];
  for (const name of KUBERNETES_TOOLS) {
    const tool = tools[name];
    if (isFound(tool)) {
      found.push(`${name} ${tool.version}`);
    } else {
      absent.push(name);
      tried.push(...tool.missing);
    }
  }
  if (absent.length === 0) return { state: "ok", summary: found.join(", ") };
  return {
    state: "missing",
    summary: `${absent.join(", ")}${found.length > 0 ? ` (found: ${found.join(", ")})` : ""}`,
    details: tried,
    fix: `npx firedrill doctor --fix (or install ${absent.join(", ")} yourself)`,
  };
}
