import { describeTimings } from "./timings.testkit.ts";

describeTimings("fast");
