import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { FiredrillError } from "../../../error.ts";
import { RequestError, type RequestFailure } from "../../../service/http.ts";
import { FAILURE_HEADER } from "./gateway.ts";

const FAILURES: readonly RequestFailure[] = ["refused", "reset", "timeout", "unresolved", "unreachable"];

/**
 * A connection to a service through the gateway's control port. @throws RequestError with the failure as the gateway
 * saw it beside the service, so a refused connection is `refused` and not the reset of a proxy in between;
 * FiredrillError when the gateway itself is away, which says nothing of the service.
 */
export function openTunnel(
  controlPort: number,
  service: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port: controlPort,
      method: "CONNECT",
      path: `${service}:${port}`,
      agent: false,
      signal,
    });
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      const failure = FAILURES.find((known) => known === response.headers[FAILURE_HEADER]) ?? "unresolved";
      reject(new RequestError(failure, `${service}:${port} ${failure}`));
    });
    request.once("error", (cause) => {
      if (signal.aborted) return reject(cause);
      reject(
        new FiredrillError("RUN_REQUEST", "the stack's gateway does not answer", {
          received: cause.message,
          expected: `a listener on 127.0.0.1:${controlPort}`,
          hint: "leave the container whose name ends in -gateway alone: all requests go through it",
          cause,
        }),
      );
    });
    request.end();
  });
}
