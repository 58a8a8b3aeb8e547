import { mockService } from "../core/mount/host.ts";
import { stratumMock } from "./stratum.ts";

/** The pool as a service of a stack; on the sim tier its status page and metrics only. */
export default mockService(stratumMock);
