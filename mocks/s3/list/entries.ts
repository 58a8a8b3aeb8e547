import { OWNER } from "../bucket/buckets.ts";
import type { ListedObject } from "../store/object.ts";
import { isoSeconds } from "../text.ts";
import type { Xml } from "../xml.ts";
import type { Page } from "./page.ts";
import type { ListQuestion } from "./question.ts";

/** `Contents` and `CommonPrefixes` of a page. */
export function entries({ objects, prefixes }: Page, { shown }: ListQuestion, withOwner: boolean) {
  return {
    Contents: objects.map((object) => contents(object, shown, withOwner)),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: shown(prefix) })),
  };
}

function contents(object: ListedObject, shown: (name: string) => string, withOwner: boolean): Xml {
  return {
    Key: shown(object.key),
    LastModified: isoSeconds(object.modifiedMs),
    ETag: object.etag,
    ChecksumAlgorithm: object.checksum?.algorithm.toUpperCase(),
    ChecksumType: object.checksum?.type,
    Size: object.bytes,
    Owner: withOwner ? OWNER : null,
    StorageClass: object.storageClass,
  };
}
