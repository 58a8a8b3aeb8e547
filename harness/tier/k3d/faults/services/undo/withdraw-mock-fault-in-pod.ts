import { textArg } from "../../../../compose/faults/undo/operation.ts";
import { withdrawingFrom } from "../../../../compose/faults/undo/withdraw-mock-fault.ts";
import { IN_PODS_NETWORK, POD_GONE, runBesidePod } from "../in-pod.ts";

/** A mock in a pod; with the pod it is gone. Args: `node`, `uid`, and what every such action has. */
export const withdrawMockFaultInPod = withdrawingFrom({
  container: "node",
  name: () => "the pod",
  async run(toolbox, args, command) {
    const place = { node: textArg(args, "node"), uid: textArg(args, "uid") };
    const result = await runBesidePod(toolbox, place, IN_PODS_NETWORK, command);
    return result.exitCode === POD_GONE ? null : result;
  },
});
