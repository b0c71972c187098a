// Lets the strip of days show the one that is chosen, where it is further on than the screen is wide.
const strip = document.querySelector(".days ul");
const chosen = strip?.querySelector("[aria-current]");
if (chosen) {
  strip.scrollLeft = chosen.offsetLeft - (strip.clientWidth - chosen.offsetWidth) / 2;
}
