import { http, HttpResponse, passthrough } from "msw";
import type { HttpHandler } from "msw";
import type { RunningMock } from "../life.ts";
import { answerInProcess, fromWebRequest, listenerFor, toWebResponse } from "./in-process.ts";

/**
 * Handlers for msw's `setupServer`: requests to a host that the mock stands in for are answered by it. msw shows no
 * bytes, so a connection that is cut inside a body looks like a body that ends.
 */
export function mswHandlers(mock: RunningMock): HttpHandler[] {
  return [
    http.all("*", async ({ request }) => {
      const listener = listenerFor(mock, new URL(request.url));
      if (listener === null) return passthrough();
      const outcome = await answerInProcess(mock, listener, await fromWebRequest(request), request.signal);
      return (await toWebResponse(outcome, request.signal)) ?? HttpResponse.error();
    }),
  ];
}
