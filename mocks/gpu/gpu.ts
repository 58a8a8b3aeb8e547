import { fidelitySchema } from "../core/fidelity.ts";
import type { MockDefinition } from "../core/mock.ts";
import { apiListener } from "./api/listener.ts";
import { shownGpu } from "./api/show.ts";
import { dcgmListener } from "./dcgm/listener.ts";
import { GPU_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { createMachine } from "./machine/machine.ts";
import { actOnMachine } from "./power.ts";
import { GPU_SETTINGS, parseGpuSettings } from "./settings.ts";
import { slowsErrand } from "./slows.ts";

/** NVIDIA GPUs: one physical state behind nvidia-smi, DCGM, the kernel log and the Kubernetes node. */
export const gpuMock: MockDefinition = {
  name: "gpu",
  summary:
    "NVIDIA GPUs behind nvidia-smi, DCGM metrics, a kernel log and a Kubernetes node, with heat and XIDs",
  fidelity: fidelitySchema.parse(fidelity),
  settings: GPU_SETTINGS,
  faults: GPU_FAULTS,
  controlPort: 9_499,
  build(world) {
    const settings = parseGpuSettings(world.settings);
    const machine = createMachine(world, settings);
    const { slows } = settings;
    return {
      listeners: [apiListener(world, machine), dcgmListener(world, machine)],
      state: () => ({ gpus: machine.look().map(shownGpu), processes: machine.jobs.running().length }),
      metrics: () => [
        {
          name: "mock_gpu_slowdown",
          help: "How many times longer work takes than at full clocks; no sample for a GPU that does none.",
          type: "gauge",
          samples: machine
            .look()
            .flatMap(({ identity, slowdown }) =>
              slowdown === null ? [] : [{ labels: { gpu: String(identity.index) }, value: slowdown }],
            ),
        },
      ],
      act: (input) => actOnMachine(machine, input),
      ...(slows === null ? {} : { errands: () => slowsErrand(slows, machine) }),
    };
  },
};
