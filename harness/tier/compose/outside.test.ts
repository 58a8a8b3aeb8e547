import { describe, expect, it } from "vitest";
import { readDropped, readNoRoutes } from "./outside.ts";

/** As the helper prints it on engine 20.10: two containers, one network of ours and one of somebody else. */
const REPORT = `pid 100
Ip: Forwarding DefaultTTL InReceives OutRequests OutDiscards OutNoRoutes ReasmTimeout
Ip: 1 64 13 23 0 0 0
pid 200
Ip: Forwarding DefaultTTL InReceives OutRequests OutDiscards OutNoRoutes ReasmTimeout
Ip: 1 64 13 23 0 7 0
*filter
:FORWARD DROP [0:0]
[9:540] -A DOCKER-ISOLATION-STAGE-1 ! -s 172.19.0.0/16 -o br-aaaaaaaaaaaa -j DROP
[2:120] -A DOCKER-ISOLATION-STAGE-1 ! -d 172.19.0.0/16 -i br-aaaaaaaaaaaa -j DROP
[5:300] -A DOCKER-ISOLATION-STAGE-1 ! -d 172.20.0.0/16 -i br-bbbbbbbbbbbb -j DROP
[8:444] -A DOCKER-ISOLATION-STAGE-1 -j RETURN
COMMIT
`;

describe("addresses outside", () => {
  it("counts packets without a route by service", () => {
    const pids = new Map([
      [100, "api"],
      [200, "db"],
    ]);
    expect(readNoRoutes(REPORT, pids)).toEqual(new Map([["db", 7]]));
  });

  it("counts what was dropped on its way out of our networks only", () => {
    expect(readDropped(REPORT, ["br-aaaaaaaaaaaa"])).toBe(2);
    expect(readDropped(REPORT, [])).toBe(0);
  });
});
