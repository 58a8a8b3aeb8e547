import { mockService } from "../core/mount/host.ts";
import { chutesValidatorMock } from "./chutes-validator.ts";

/** The mock as a service of a stack: `x-firedrill: { model: …/mocks/chutes-validator/stand-in.ts }` runs it on the sim tier. */
export default mockService(chutesValidatorMock);
