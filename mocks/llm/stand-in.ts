import { mockService } from "../core/mount/host.ts";
import { llmMock } from "./llm.ts";

/** The mock as a service of a stack: `x-firedrill: { model: …/mocks/llm/stand-in.ts }` runs it on the sim tier. */
export default mockService(llmMock);
