// What a shift tells the next is kept while it is typed, as a decision is.
import { forgetSent, keepTyped } from "./keeping.js";

const form = document.getElementById("shift-note");
if (form !== null) {
  if (form.elements.body.value === "") forgetSent(".shift-note");  // signed: the server has no draft of it any more
  const text = (fields) => ({ body: fields.find(([name]) => name === "body")?.[1] ?? "" });
  keepTyped(form, { of: "shift-note", url: "/v1/shift-note/draft", body: text }, new AbortController().signal);
}
