import { mockService } from "../core/mount/host.ts";
import { gpuMock } from "./gpu.ts";

/** The mock as a service of a stack: `x-firedrill: { model: …/mocks/gpu/stand-in.ts }` runs it on the sim tier. */
export default mockService(gpuMock);
