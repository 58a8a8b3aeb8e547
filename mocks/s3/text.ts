/** Percent-encoding as Signature Version 4 wants it: all but the unreserved characters of RFC 3986. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same with slashes left alone, as in paths. */
export function uriEncodePath(text: string): string {
  return text.split("/").map(uriEncode).join("/");
}

/** The form of `encoding-type=url`: slashes stay, spaces are plus signs. */
export function listEncode(text: string): string {
  return uriEncodePath(text).replaceAll("%20", "+");
}

/** `20260101T000000Z` */
export function amzDate(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** Milliseconds since 1970 of `20260101T000000Z`, or NaN. */
export function parseAmzDate(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** S3 shows whole seconds: `2026-01-01T00:00:00.000Z`. */
export function isoSeconds(ms: number): string {
  return new Date(Math.floor(ms / 1_000) * 1_000).toISOString();
}
