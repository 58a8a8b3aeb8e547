import { createServer } from "node:http";
import type { Server } from "node:http";
import { control } from "../control.ts";
import type { RunningMock } from "../life.ts";
import { readRequest } from "./node-http.ts";

/** The HTTP server of the control port, not yet listening. */
export function createControlServer(mock: RunningMock): Server {
  return createServer((incoming, outgoing) => {
    readRequest(incoming)
      .then(async (request) => {
        if (request === null) return void outgoing.writeHead(413).end();
        const { status, headers, body } = await control(mock, request);
        outgoing.writeHead(status, headers).end(body);
      })
      .catch(() => outgoing.destroy());
  });
}
