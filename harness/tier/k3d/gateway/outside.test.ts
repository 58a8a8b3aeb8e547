import { describe, expect, it } from "vitest";
import { guardScript, readTally } from "./outside.ts";

const CHAIN = [
  "-N FD-OUTSIDE",
  "-A FD-OUTSIDE -d 127.0.0.0/8 -c 166 10516 -j RETURN",
  "-A FD-OUTSIDE -c 3 180",
  "-A FD-OUTSIDE -m recent --set --name FD-OUTSIDE --mask 255.255.255.255 --rdest -c 3 180",
].join("\n");

describe("readTally", () => {
  it("reads what ran to the end of the chain, and where to", () => {
    const noted = [
      "src=198.51.100.7 ttl: 63 last_seen: 4297 oldest_pkt: 2 4290, 4297",
      "src=192.0.2.9 ttl: 63 last_seen: 4297 oldest_pkt: 1 4297",
    ];
    expect(readTally([CHAIN, ...noted].join("\n"))).toEqual({
      attempts: 3,
      destinations: ["192.0.2.9", "198.51.100.7"],
    });
  });

  it("does not take a missing chain for zero attempts", () => {
    expect(readTally("iptables: No chain/target/match by that name.")).toEqual({
      attempts: null,
      destinations: [],
    });
  });
});

describe("guardScript", () => {
  it("lets inner ranges pass in both tables before anything is refused", () => {
    const lines = guardScript(["10.42.0.0/16"]).split("\n");
    for (const table of ["mangle", "filter"]) {
      const own = lines.filter((line) => line.includes(` -t ${table} -A FD-OUTSIDE `));
      const passes = own.findIndex((line) => line.includes("-d 10.42.0.0/16 -j RETURN"));
      const last = own.findIndex((line) => !line.includes("-j RETURN"));
      expect(passes).toBeGreaterThanOrEqual(0);
      expect(last).toBeGreaterThan(passes);
    }
  });

  it("refuses text that is no range", () => {
    expect(() => guardScript(["10.0.0.0/8; reboot"])).toThrow("address range");
  });
});
