/**
 * What runs in the gateway's container on the k3d tier: the gateway of the Compose tier with another way to the services,
 * through the clusters' nodes, and with `PUT /routes` on its control port.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { startGateway, type GatewayConfig } from "../../../compose/gateway/gateway.ts";
import type { Routes } from "../routes.ts";
import { watchHealth } from "./node-health.ts";
import { nodeTables } from "./node-tables.ts";
import { openThroughNodes } from "./open-through-nodes.ts";

const MAX_BODY_BYTES = 1 << 20;

const config = JSON.parse(process.env["FIREDRILL_K3D_GATEWAY"] ?? "") as GatewayConfig;
const tables = await nodeTables();
let routes: Routes = { nodes: [], services: [] };
let setting: Promise<void> = Promise.resolve();

const health = watchHealth(() => routes.nodes.map(({ address }) => address));
const open = openThroughNodes({ routes: () => routes, health, source: tables.source });
await startGateway(config, open, (request, response) => {
  if (request.method !== "PUT" || request.url !== "/routes") return false;
  void answer(request, response);
  return true;
});

/** 204 when the kernel knows the new ways too; one after the other. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const next = JSON.parse(await read(request)) as Routes;
    setting = setting
      .catch(() => undefined)
      .then(async () => {
        await tables.set(next.nodes);
        routes = next;
      });
    await setting;
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new Error("the routes are too long");
  }
  return text;
}
