import { mockService } from "../core/mount/host.ts";
import { subtensorMock } from "./subtensor.ts";

/** The mock as a service of a stack: `x-firedrill: { model: …/mocks/subtensor/stand-in.ts }` runs it on the sim tier. */
export default mockService(subtensorMock);
