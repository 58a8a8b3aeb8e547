import type { MockDefinition } from "./mock.ts";

/** What runs behind `firedrill mocks pipe`: the control port and the faults of the wire, and no server of its own. */
export const pipeMock: MockDefinition = {
  name: "pipe",
  summary: "a TCP proxy with the faults of the wire",
  fidelity: { mock: "pipe", imitates: ["a network path"], endpoints: {}, mounts: [] },
  settings: {},
  faults: {},
  controlPort: 0,
  build: () => ({ listeners: [], state: () => ({}), metrics: () => [] }),
};
