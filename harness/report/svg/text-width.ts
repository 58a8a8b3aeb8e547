/**
 * About how wide a text is, in px, without a browser: on the wide side for system fonts, so that labels
 * placed by it do not overlap. 0.6 em is the mean advance of DejaVu Sans, the widest usual fallback.
 */
export function textWidthPx(text: string, fontPx: number): number {
  return Math.ceil([...text].length * fontPx * 0.6);
}

/** The text cut to fit, with "…"; empty when not even three characters fit. */
export function fitText(text: string, fontPx: number, roomPx: number): string {
  if (textWidthPx(text, fontPx) <= roomPx) return text;
  const fits = Math.floor(roomPx / (fontPx * 0.6)) - 1;
  return fits < 3 ? "" : `${[...text].slice(0, fits).join("").trimEnd()}…`;
}
