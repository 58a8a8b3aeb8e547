import { fault, must, probe, runbook, scenario, workload } from "firedrill";

// A block comes every 12 s and counts as stalled after 30 s: noticed 18 to 33 s after the fault. Finality goes on for two blocks,
// so permissions are young enough until 54 s after the last block, and then refused. The operator is woken in half a
// minute and acts 61 to 64 s after the last block: nobody is let in for about 10 s, and nobody on an older permission.
export default await scenario(import.meta, {
  title:
    "The followed chain node stalls; old permissions are refused until the follower is pointed at another node",
  stack: "../../fixtures/stacks/endpoints",
  probes: {
    following: probe.http("http://chain-follower:8092/status", { every: "1s", json: { following: true } }),
    permits: probe.http(
      "http://chain-follower:8092/permit/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
      {
        every: "1s",
        json: { permit: true },
      },
    ),
  },
  workload: {
    requests: workload.http("http://hotkey-client:8093/work", {
      every: "1s",
      readBack: "http://chain-follower:8092/access",
    }),
  },
  faults: [fault.mock("chain-1", { id: "stall", fault: "head.stall" })],
  runbook: runbook("runbooks/chain-stall.md", { startsOn: "following", reaction: "30s" }),
  criteria: {
    noticed: must.detect("following", { within: "45s" }),
    fresh: must.stay("permits", "ageMs", { atMost: 30000 }),
    back: must.recover("following", { within: "90s", hold: "15s" }),
    permits: must.recover("permits", { within: "90s", hold: "15s" }),
    gap: must.continue("requests", { maxGap: "30s" }),
    kept: must.keepAcknowledged("requests", { rpo: "0s" }),
    unique: must.haveUniqueIds("requests"),
  },
  baseline: "15s", // a block at least
});
