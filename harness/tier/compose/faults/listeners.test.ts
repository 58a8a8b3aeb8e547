import { expect, test } from "vitest";
import { readListeners } from "./listeners.ts";

const row = (n: number, address: string, port: number, state = "0A") =>
  `   ${n}: ${address}:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1`;

test("finds what others can reach, and where", () => {
  const tables = [
    "  sl  local_address rem_address   st tx_queue rx_queue",
    row(0, "00000000", 8080),
    row(1, "0B00007F", 40_123), // the engine's resolver on 127.0.0.11
    row(2, "0100007F", 9_000),
    row(3, "020012AC", 7_000), // 172.18.0.2
    row(4, "00000000", 5_000, "01"), // a connection, not a listener
    row(5, "00000000000000000000000000000000", 5_432),
    row(6, "00000000000000000000000001000000", 6_000), // ::1
    row(7, "0000000000000000FFFF0000020012AC", 7_001),
    row(8, "00000000000000000000000000000000", 8080),
  ].join("\n");
  expect(readListeners(tables)).toEqual([
    { port: 5_432, host: "127.0.0.1" },
    { port: 7_000, host: "172.18.0.2" },
    { port: 7_001, host: "172.18.0.2" },
    { port: 8_080, host: "127.0.0.1" },
  ]);
});

test("a machine without sockets has no listeners", () => {
  expect(readListeners("")).toEqual([]);
});
