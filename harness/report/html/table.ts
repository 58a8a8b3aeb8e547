import { type Html, html } from "./html.ts";

/**
 * A table's head. The roles are spelled out because browsers drop a table's meaning when a phone shows its
 * rows as cards (`display: block`).
 */
export function headRow(titles: readonly string[], numeric: readonly number[] = []): Html {
  const cells = titles.map(
    (title, index) =>
      html`<th role="columnheader" scope="col" ${numeric.includes(index) && html` class="num"`}>
        ${title}
      </th>`,
  );
  return html`<thead role="rowgroup">
    <tr role="row">
      ${cells}
    </tr>
  </thead>`;
}
