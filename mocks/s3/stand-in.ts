import { mockService } from "../core/mount/host.ts";
import { s3Mock } from "./s3.ts";

/** The mock as a service of a stack: `x-firedrill: { model: …/mocks/s3/stand-in.ts }` runs it on the sim tier. */
export default mockService(s3Mock);
