/** What can be switched off in a copy of the project, and where: then nobody gets everything once and in order. @module */
import type { Change } from "./mutant.ts";

/** The pieces of each. */
export const WITHOUT = {
  "repair": [{
    file: "client/wiring.ts",
    text: "    missing: () => room.delivery.missing(),\n",
    instead: "    missing: () => [],\n",
  }],
  "telling repeats": [{
    file: "client/delivery.ts",
    text: "    if (known !== undefined) {\n",
    instead:
      "    if (known !== undefined) {\n      this.#events.deliver({ author: id, item, pack, gap: false });\n",
  }],
  "holding back": [
    {
      file: "client/delivery_turns.ts",
      text: "    const next = author.waiting.get(author.head.number + 1);\n    author.deadline",
      instead: "    const next = author.waiting.values().next().value;\n    author.deadline",
    },
    {
      file: "client/delivery_turns.ts",
      text: "    if (this.#deps.lacking(next).length > 0) {\n",
      instead: "    if (this.#time.now() < 0) {\n",
    },
    {
      file: "client/delivery_turns.ts",
      text:
        "    author.waiting.delete(author.head.number + 1);\n    this.hand(id, author, next, this.#deps.answersToLost(next));",
      instead:
        "    author.waiting.delete(next.item.content.number);\n    this.hand(id, author, next, false);",
    },
  ],
} satisfies Record<string, readonly Change[]>;
