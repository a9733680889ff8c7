// Shows the outline of a hotspot on the map while it is typed or pasted.
function showOutline(field) {
  const shown = document.createElement("div");
  shown.className = "outline-preview";
  shown.setAttribute("aria-live", "polite");
  field.after(shown);
  let waiting, latest = 0;

  async function show() {
    const asked = ++latest;
    const body = new FormData();
    body.append("outline", field.value);
    const headers = { "X-CSRFToken": field.form.elements.csrfmiddlewaretoken.value };
    const answer = await fetch(field.dataset.outlinePreview, { method: "POST", headers, body });
    // An answer that comes after a later question is no longer true.
    if (asked === latest && answer.ok) shown.innerHTML = await answer.text();
  }
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });
  show();
}
// Wagtail puts scripts before the form.
addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-outline-preview]").forEach(showOutline));
