import { count } from "./verdict.js";

/** A foldable part of a comment. Everything in it is escaped already. */
export interface Block {
  /** HTML: inside `<summary>` Markdown is not read. */
  title: string;
  open: boolean;
  /** Lines of a list. */
  items: string[];
  foot?: string;
}

/** Room for the sentence that says what was left out. */
const reserve = 200;

/** Joins head and blocks, leaving out whole items once `limit` characters are reached, and says how many. */
export function fit(head: string, blocks: readonly Block[], limit: number): string {
  let text = head;
  let leftOut = 0;
  for (const block of blocks) {
    const start = `\n<details${block.open ? " open" : ""}><summary>${block.title}</summary>\n\n`;
    const end = `${block.foot === undefined ? "" : `\n\n${block.foot}`}\n\n</details>\n`;
    let room = limit - reserve - text.length - start.length - end.length;
    const items: string[] = [];
    for (const item of block.items) {
      if (item.length + 1 > room) break;
      items.push(item);
      room -= item.length + 1;
    }
    leftOut += block.items.length - items.length;
    if (items.length > 0) text += `${start}${items.join("\n")}${end}`;
  }
  if (leftOut === 0) return text;
  const rest = `\n${count(leftOut, "item")} left out to keep within ${limit.toLocaleString("en-US")} characters; the other report formats hold them all.\n`;
  return text + rest;
}
