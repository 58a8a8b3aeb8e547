import { describeTimings } from "./timings.testkit.ts";

// Upstream's defaults: each loss takes some six minutes.
describeTimings("production");
