import { methodNotFound } from "./errors.ts";
import type { Method, Params } from "./method.ts";

/** A method that opens a subscription; over HTTP there is no such method. */
export function subscribing(
  notification: string,
  start: (notify: (result: unknown) => void, params: Params) => () => void,
): Method {
  return (params, { subscriptions }) => {
    if (subscriptions === null) throw methodNotFound();
    return subscriptions.open(notification, (notify) => start(notify, params));
  };
}

export const unsubscribing: Method = ([id], { subscriptions }) => {
  if (subscriptions === null) throw methodNotFound();
  return subscriptions.close(String(id));
};
