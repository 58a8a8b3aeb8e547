import { invalidArgument } from "../error.ts";
import type { Call } from "../service.ts";
import { listEncode } from "../text.ts";

/** "Returns some or all (up to 1,000) of the objects": a page is never larger. */
const MAX_KEYS = 1_000;

/** What all listings ask in the same way. */
export interface ListQuestion {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Encodes names where the client asked for it. */
  readonly shown: (name: string) => string;
  readonly encoding: string | null;
}

/** @throws InvalidArgument */
export function readListQuestion({ query }: Call, countName = "max-keys"): ListQuestion {
  const count = query.get(countName) ?? String(MAX_KEYS);
  if (!/^\d{1,10}$/.test(count) || Number(count) > 2 ** 31 - 1)
    throw invalidArgument(`Provided ${countName} not an integer or within integer range`, countName, count);
  const encoding = query.get("encoding-type");
  if (encoding !== null && encoding !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    maxKeys: Math.min(MAX_KEYS, Number(count)),
    shown: encoding === null ? (name) => name : listEncode,
    encoding,
  };
}
