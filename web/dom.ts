/** Elements of the page, made without HTML: what goes in is text, whatever it holds. @module */

/** What an element is made with. */
export interface Made {
  /** Its classes. */
  class?: string;
  /** Its text. */
  text?: string;
  /** Its attributes; those that are undefined are left out. */
  attributes?: Readonly<Record<string, string | undefined>>;
  /** Called when it is activated. */
  onClick?: () => void;
}

/**
 * Keeps what is written in a field where it is: some browsers send it to a server to check its spelling or to complete
 * it, and keep it for the next time.
 */
export const PRIVATE: Readonly<Record<string, string>> = {
  autocomplete: "off",
  autocorrect: "off",
  autocapitalize: "none",
  spellcheck: "false",
  writingsuggestions: "false",
};

/** What stands in an element; null stands for nothing. */
export type Child = Node | string | null;

/** Makes an element. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  made: Made = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  if (made.class !== undefined) node.className = made.class;
  if (made.text !== undefined) node.textContent = made.text;
  for (const [key, value] of Object.entries(made.attributes ?? {})) {
    if (value !== undefined) node.setAttribute(key, value);
  }
  const { onClick } = made;
  if (onClick !== undefined) node.addEventListener("click", () => onClick());
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

/** A button that sends no form. */
export function button(text: string, onClick: () => void, made: Made = {}): HTMLButtonElement {
  return el("button", {
    text,
    onClick,
    ...made,
    attributes: { type: "button", ...made.attributes },
  });
}

/** Puts a text where another one stands, and leaves the document alone where it is the same. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A line of a form: a name and its field below it. */
export function field(label: string, input: HTMLInputElement, hint?: string): HTMLLabelElement {
  return el(
    "label",
    { class: "field" },
    el("span", { text: label }),
    input,
    hint === undefined ? null : el("small", { text: hint }),
  );
}
