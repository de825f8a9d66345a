/** Warnings that stay, and hold back what is written, until they have been read. @module */
import type { RoomModel } from "../terminal/room/room_model.ts";
import { button, el } from "./dom.ts";

/** Shows the warnings of a room. */
export class AlarmView {
  readonly node = el("div", { class: "alarms", attributes: { role: "alert" } });
  readonly #model: RoomModel;
  #shown = "";

  readonly #read: () => void;

  /** Shows nothing yet. `read` is called when one has been read. */
  constructor(model: RoomModel, read: () => void) {
    this.#model = model;
    this.#read = read;
  }

  /** Shows the warnings that nobody has read. */
  update(): void {
    const { trust } = this.#model;
    const now = trust.alarms.map(({ key }) => key).join(" ");
    if (now === this.#shown) return;
    this.#shown = now;
    this.node.replaceChildren(
      ...trust.alarms.map(({ key, text }) =>
        el(
          "div",
          { class: "alarm" },
          el("p", {}, el("strong", { text: "Warning: " }), text),
          el("p", { text: "Nothing can be sent from here until you have said that you have read this." }),
          button("I have read this", () => {
            this.#model.acknowledge(key);
            this.#read();
          }, { class: "danger" }),
        )
      ),
    );
  }
}
