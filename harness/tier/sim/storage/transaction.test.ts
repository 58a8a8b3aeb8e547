import { expect, test } from "vitest";
import type { Row } from "../../../service/database.ts";
import { Transaction } from "./transaction.ts";

const base = () =>
  new Map<string, Row[]>([
    ["a", [{ id: 1 }]],
    ["b", [{ id: 2 }]],
  ]);

test("what is not committed changes nothing, whichever way the rows were reached", () => {
  const ways: ((tables: Transaction) => Row[])[] = [
    (tables) => tables.get("a") ?? [],
    (tables) => [...tables.values()][0] ?? [],
    (tables) => [...tables][0]?.[1] ?? [],
    (tables) => {
      let found: Row[] = [];
      tables.forEach((rows, name) => {
        if (name === "a") found = rows;
      });
      return found;
    },
  ];
  for (const way of ways) {
    const tables = base();
    const rows = way(new Transaction(tables));
    Object.assign(rows[0] as Row, { id: 9 });
    rows.push({ id: 10 });
    expect(tables).toEqual(base());
  }
});

test("a commit brings changes, new tables and dropped ones", () => {
  const tables = base();
  const transaction = new Transaction(tables);
  transaction.get("a")?.push({ id: 3 });
  transaction.delete("b");
  transaction.set("c", [{ id: 4 }]);
  transaction.commit();
  expect(tables).toEqual(
    new Map([
      ["a", [{ id: 1 }, { id: 3 }]],
      ["c", [{ id: 4 }]],
    ]),
  );
});
