import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { Check } from "../check.ts";

/** More than any shipped stack publishes. */
const PORTS = 16;

/** Can ports be had on the loopback address? A stack's ports are published there, chosen anew for each run. */
export const ports: Check = {
  id: "ports",
  title: "Ports",
  neededBy: "every tier",
  run: async () => {
    const servers = Array.from({ length: PORTS }, () => createServer());
    try {
      await Promise.all(servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
      const numbers = servers.map((server) => (server.address() as AddressInfo).port);
      return { state: "ok", summary: `${PORTS} free ones on 127.0.0.1, from ${Math.min(...numbers)} up` };
    } catch (error) {
      return {
        state: "missing",
        summary: `no ${PORTS} ports on 127.0.0.1: ${error instanceof Error ? error.message : String(error)}`,
        fix: "allow programs of this user to listen on the loopback address (sandbox or firewall settings)",
      };
    } finally {
      for (const server of servers) server.close();
    }
  },
};
