// The secret of a letter's link stands behind the “#”, which browsers send to nobody. It goes into the form, and out of
// the address, so that it stays neither in the history nor on the screen.
const field = document.querySelector("input[data-from-address]");
const secret = location.hash.slice(1);
if (field && secret) {
  field.value = secret;
  field.closest("[data-by-hand]").hidden = true;
}
if (secret) {
  history.replaceState(null, "", location.pathname + location.search);
}
