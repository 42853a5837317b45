"use strict";
(() => {
  const form = document.getElementById("filters");
  const field = (name) => form.elements.namedItem(name);
  const edits = [...document.querySelectorAll("[data-level]")];
  const texts = new Map(edits.map((edit) => [edit, edit.textContent.toLowerCase()]));
  const streams = (edit) => (edit.dataset.streams ? edit.dataset.streams.split("\n") : []);
  const fill = (select, values) => {
    for (const value of [...new Set(values)].sort()) select.append(new Option(value, value));
  };
  fill(field("connector"), edits.map((edit) => edit.dataset.connector));
  fill(field("type"), edits.map((edit) => edit.dataset.type).filter(Boolean));
  const list = document.getElementById("streams");
  for (const name of [...new Set(edits.flatMap(streams))].sort()) list.append(new Option("", name));

  const show = () => {
    const words = field("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [connector, type, stream] = ["connector", "type", "stream"].map((name) => field(name).value);
    const levels = [...form.querySelectorAll("[name=level]:checked")].map((box) => box.value);
    const wanted = stream.toLowerCase();
    let shown = 0;
    for (const edit of edits) {
      const data = edit.dataset;
      const fits =
        (!connector || data.connector === connector) &&
        (!type || data.type === type) &&
        levels.includes(data.level) &&
        (!wanted || streams(edit).some((name) => name.toLowerCase().includes(wanted))) &&
        words.every((word) => texts.get(edit).includes(word) || data.connector.toLowerCase().includes(word));
      edit.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    const narrowed = shown < edits.length;
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = ![...group.querySelectorAll("[data-level]")].some((edit) => !edit.hidden);
    }
    for (const section of document.querySelectorAll(".connector")) {
      const own = [...section.querySelectorAll("[data-level]")];
      const isOther = Boolean(connector) && section.dataset.name !== connector;
      section.hidden = isOther || (narrowed && !own.some((edit) => !edit.hidden));
      const folded = section.querySelector("details.folded");
      if (folded && narrowed) folded.open = [...folded.querySelectorAll("[data-level]")].some((edit) => !edit.hidden);
    }
    field("shown").value = `${shown} of ${edits.length} changes shown`;
  };
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
})();
