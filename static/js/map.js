// Zoom and lighting up on the map of the region; without it the names lead to their pages.
const map = document.querySelector(".region-map--region");
const frame = map.querySelector(".region-map__frame");
const choice = map.querySelector("select");
const buttons = map.querySelectorAll("button[data-zoom]");

// What the list names can be chosen too, as far as it is drawn.
const drawn = new Set([...map.querySelectorAll("[data-place]")].map(part => part.dataset.place));
for (const section of map.querySelectorAll(".region-map__list section")) {
  const names = [...section.querySelectorAll("[data-lights]")];
  const group = document.createElement("optgroup");
  group.label = section.querySelector("h2").textContent;
  for (const { text, dataset: { lights } } of names) {
    if (lights.split(" ").some(key => drawn.has(key))) group.append(new Option(text, lights));
  }
  if (group.firstChild) choice.append(group);
}

function light(keys) {
  const lit = keys.split(" ").filter(Boolean);
  map.classList.toggle("region-map--lit", lit.length > 0);
  for (const part of map.querySelectorAll("[data-place]")) part.classList.toggle("is-lit", lit.includes(part.dataset.place));
}

// What is under the pointer or has the keyboard goes before what was chosen.
function follow({ target }) {
  const part = target.closest("[data-lights], [data-place]");
  light(part ? part.dataset.lights ?? part.dataset.place : choice.value);
}
for (const name of ["pointerover", "focusin"]) map.addEventListener(name, follow);
for (const name of ["pointerleave", "focusout"]) map.addEventListener(name, () => light(choice.value));
choice.addEventListener("change", () => light(choice.value));

const FARTHEST = 1, NEAREST = 4;
let level = FARTHEST;

function zoom(step) {
  const middle = [frame.scrollLeft + frame.clientWidth / 2, frame.scrollTop + frame.clientHeight / 2];
  const before = frame.scrollWidth;
  level = Math.min(NEAREST, Math.max(FARTHEST, level + step));
  if (level > FARTHEST) {
    frame.dataset.zoom = level;
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", map.dataset.enlarged);
  } else {
    for (const name of ["data-zoom", "tabindex", "role", "aria-label"]) frame.removeAttribute(name);
  }
  const grown = frame.scrollWidth / before;
  frame.scrollTo(middle[0] * grown - frame.clientWidth / 2, middle[1] * grown - frame.clientHeight / 2);
  for (const button of buttons) button.disabled = level === (button.dataset.zoom > 0 ? NEAREST : FARTHEST);
}
for (const button of buttons) button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
frame.addEventListener("keydown", event => {
  const step = { "+": 1, "=": 1, "-": -1, 0: FARTHEST - level }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  zoom(step);
});
zoom(0);
map.classList.add("region-map--ready");
