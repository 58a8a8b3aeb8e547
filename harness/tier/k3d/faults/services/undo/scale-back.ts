import { textArg, type UndoOperation } from "../../../../compose/faults/undo/operation.ts";
import { LABEL_SCALED_DOWN } from "../scale.ts";
import { scaleFromDisk, workloadFromDisk } from "./workload.ts";

/**
 * Gives a workload its replicas back, if it still bears the fault's token and still asks for none: whoever has scaled it
 * meanwhile has repaired it. Args: `cluster`, `namespace`, `kind`, `name`, `replicas`, `token`.
 */
export const scaleBack: UndoOperation = {
  async undo(docker, args) {
    const workload = await workloadFromDisk(docker, args);
    if (workload?.metadata.labels?.[LABEL_SCALED_DOWN] !== textArg(args, "token")) return;
    const repaired = workload.spec.replicas !== 0;
    await scaleFromDisk(docker, args, null, repaired ? undefined : Number(args["replicas"]));
  },
  async audit(docker, args) {
    const name = textArg(args, "name");
    const workload = await workloadFromDisk(docker, args);
    if (workload === null) return { clean: true, detail: `${name} is gone` };
    const ours = workload.metadata.labels?.[LABEL_SCALED_DOWN] === textArg(args, "token");
    const replicas = workload.spec.replicas ?? 1;
    return {
      clean: !ours,
      detail: ours ? `${name} is still scaled down` : `${name} asks for ${replicas} replicas`,
    };
  },
};
