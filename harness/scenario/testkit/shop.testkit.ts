import type { Service } from "../../service/host.ts";
import { json, text } from "../../service/http.ts";

/** The smallest service worth rehearsing: takes orders, keeps them in memory, forgets them when it dies. */
const shop: Service = async (host) => {
  const orders: { key: string; id: string; writer: string; token: number }[] = [];
  await host.serve(8080, async ({ method, path, body }) => {
    if (path !== "/orders") return text(200, "ok");
    if (method === "POST") {
      const { key } = JSON.parse(body) as { key: string };
      orders.push({ key, id: `${host.name}-${orders.length + 1}`, writer: host.name, token: 1 });
      return json(201, orders.at(-1));
    }
    return json(200, orders);
  });
};

export default shop;
