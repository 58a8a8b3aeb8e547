import { mockService } from "../core/mount/host.ts";
import { bitcoinMock } from "./bitcoin.ts";

/** The mock as a service of a stack: `x-firedrill: { model: …/mocks/bitcoin/stand-in.ts }` runs it on the sim tier. */
export default mockService(bitcoinMock);
