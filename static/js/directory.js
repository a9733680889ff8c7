// Makes the directory smoother; without it everything works.
const open = () => document.querySelectorAll("details.facet[open]");

// One list at a time, and away with it when somebody clicks beside it or presses Escape.
addEventListener("click", ({ target }) => {
  for (const facet of open()) if (!facet.contains(target)) facet.open = false;
});
addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const facet of open()) {
    if (facet.contains(document.activeElement)) facet.querySelector("summary").focus();
    facet.open = false;
  }
});

// What is left empty stays out of the address.
document.querySelector("form.filters").addEventListener("submit", ({ target }) => {
  for (const field of target.elements) if (field.name && !field.value) field.disabled = true;
});
// Coming back to the page finds the fields as they were.
addEventListener("pageshow", () => {
  for (const field of document.querySelector("form.filters").elements) field.disabled = false;
});
